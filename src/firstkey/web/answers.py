"""The problems that each operation can answer, by status; made from the source by `make docs`."""

PROBLEMS: dict[str, dict[int, str]] = {
    "founder_options": {
        400: "body-malformed code-malformed",
        403: "origin-wrong",
        404: "not-found",
        409: "founder-taken founders-too-many founding-signed",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "enroll_founder": {
        400: (
            "attestation-malformed authenticator-data-malformed body-malformed cbor-not-canonical "
            "client-data-malformed code-malformed public-key-unfit response-malformed"
        ),
        403: "origin-wrong",
        404: "not-found",
        409: "founder-key-unfit founder-taken founders-too-many founding-signed",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "founding_statement": {
        400: "body-malformed code-malformed statement-malformed",
        403: "origin-wrong",
        404: "not-found",
        409: "founders-too-few",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "sign_founding": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed code-malformed "
            "public-key-unfit response-malformed statement-malformed"
        ),
        403: "origin-wrong",
        404: "not-found",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "sign_in_options": {
        400: "body-malformed statement-malformed",
        403: "origin-wrong",
        404: "not-found",
        409: "not-founded",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "sign_in": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "not-found",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "sign_out": {
        400: "body-malformed",
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "not-found",
        409: "already-carried-out chain-broken idempotency-key-reused",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "step_up": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "not-found",
        409: (
            "already-carried-out assertion-signature-wrong backup-eligibility-changed backup-flags-impossible "
            "ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong credential-not-expected "
            "cross-origin-refused idempotency-key-reused key-copied origin-wrong relying-party-wrong "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "list_sessions": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "end_own_session": {
        400: "body-malformed",
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "not-found",
        409: "already-carried-out chain-broken idempotency-key-reused",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "raise_epoch": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low not-a-step origin-wrong people-too-few relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "show_policies": {
        400: "body-malformed document-unfit",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "show_policy": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "propose_policy": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed document-unfit "
            "public-key-unfit response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused destination-unfit idempotency-key-reused key-copied "
            "key-out-of-use key-tier-too-low origin-wrong people-too-few policy-in-force-already "
            "policy-proposed-already proposals-too-many relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "sign_policy": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed document-unfit "
            "public-key-unfit response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low origin-wrong own-duty people-too-few policy-not-proposed policy-proposed-already "
            "relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown user-handle-wrong user-not-present "
            "user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "withdraw_policy": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed document-unfit "
            "public-key-unfit response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low origin-wrong people-too-few policy-not-proposed relying-party-wrong "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "ask_statement": {
        400: "body-malformed statement-malformed",
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: "already-carried-out chain-broken idempotency-key-reused",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "record_people": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed unknown-fact"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone account-taken act-not-for-this already-carried-out assertion-signature-wrong "
            "backup-eligibility-changed backup-flags-impossible case-over ceremony-type-wrong chain-broken "
            "challenge-wrong credential-id-wrong credential-not-expected cross-origin-refused destination-unfit "
            "idempotency-key-reused key-copied key-out-of-use key-tier-too-low not-a-step origin-wrong "
            "passes-used-up people-too-few policy-moved relying-party-wrong second-signature-missing "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown too-late tries-used-up user-handle-wrong user-not-present "
            "user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "list_sources": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "register_source": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low origin-wrong people-too-few relying-party-wrong source-taken sources-too-many "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "end_source": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low origin-wrong people-too-few relying-party-wrong source-unknown statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "feed_people": {
        400: "body-malformed proof-malformed unknown-fact",
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone account-taken administrators-too-few already-carried-out case-over chain-broken "
            "destination-unfit founder-unidentified idempotency-key-reused not-a-step passes-used-up policy-moved "
            "source-unknown too-late tries-used-up"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "feed_present": {
        400: "body-malformed proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found person-unknown",
        409: (
            "account-gone account-taken administrators-too-few already-carried-out case-over chain-broken "
            "destination-unfit idempotency-key-reused leavers-too-many not-a-step passes-used-up policy-moved "
            "source-unknown too-late tries-used-up"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "feed_assets": {
        400: "body-malformed proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone account-taken already-carried-out case-over chain-broken destination-unfit "
            "idempotency-key-reused not-a-step passes-used-up policy-moved source-unknown too-late tries-used-up"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "feed_case": {
        400: "body-malformed proof-malformed",
        401: "use-nonce",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone account-holds-credential account-holds-nothing already-carried-out case-over "
            "chain-broken destination-unfit idempotency-key-reused keys-used-up lifetime-missing "
            "lost-credential-missing not-a-step passes-used-up path-prohibited policy-moved position-missing "
            "source-unknown too-late tries-used-up"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "report_check": {
        400: "body-malformed proof-malformed",
        401: "use-nonce",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-unverified "
            "bootstrap-differs case-over chain-broken check-not-awaited check-spent destination-unfit "
            "duties-conflict evidence-too-old idempotency-key-reused joiner-holds-no-duty level-too-low "
            "method-not-on-path not-a-step passes-used-up policy-moved revisions-used-up source-unknown too-late "
            "tries-used-up vouch-not-good"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "list_operators": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "grant_duty": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found person-unknown",
        409: (
            "act-not-for-this administrator-unscoped administrators-too-few already-carried-out "
            "assertion-signature-wrong backup-eligibility-changed backup-flags-impossible ceremony-type-wrong "
            "chain-broken challenge-wrong credential-id-wrong credential-not-expected cross-origin-refused "
            "duty-unknown idempotency-key-reused key-copied key-out-of-use key-tier-too-low no-operator not-a-step "
            "origin-wrong own-duty people-too-few relying-party-wrong statement-not-fresh statement-purpose-wrong "
            "statement-signer-wrong statement-site-wrong statement-spent statement-unknown user-handle-wrong "
            "user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "withdraw_duty": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this administrators-too-few already-carried-out assertion-signature-wrong "
            "backup-eligibility-changed backup-flags-impossible case-over ceremony-type-wrong chain-broken "
            "challenge-wrong credential-id-wrong credential-not-expected cross-origin-refused destination-unfit "
            "duty-not-held idempotency-key-reused key-copied key-out-of-use key-tier-too-low not-a-step "
            "origin-wrong passes-used-up people-too-few policy-moved relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "too-late tries-used-up user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "identify_founder": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found person-unknown",
        409: (
            "account-gone account-taken act-not-for-this already-carried-out assertion-signature-wrong "
            "backup-eligibility-changed backup-flags-impossible case-over ceremony-type-wrong chain-broken "
            "challenge-wrong credential-id-wrong credential-not-expected cross-origin-refused destination-unfit "
            "idempotency-key-reused key-copied key-out-of-use key-tier-too-low not-a-step origin-wrong "
            "passes-used-up people-too-few policy-moved relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "too-late tries-used-up user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "list_delegations": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "give_delegation": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused delegation-cycle delegation-too-long "
            "delegations-too-many duty-not-held duty-unknown idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low no-operator origin-wrong own-duty relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "end_delegation": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low origin-wrong relying-party-wrong statement-not-fresh statement-purpose-wrong "
            "statement-signer-wrong statement-site-wrong statement-spent statement-unknown user-handle-wrong "
            "user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "lift_velocity": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low limit-met origin-wrong own-duty people-too-few relying-party-wrong "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "list_cases": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "open_case": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone account-holds-credential account-holds-nothing act-not-for-this already-carried-out "
            "assertion-signature-wrong backup-eligibility-changed backup-flags-impossible case-over "
            "ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong credential-not-expected "
            "cross-origin-refused destination-unfit idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low keys-used-up lifetime-missing lost-credential-missing not-a-step origin-wrong "
            "passes-used-up path-prohibited policy-moved position-missing relying-party-wrong report-unsigned "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown too-late tries-used-up user-handle-wrong user-not-present "
            "user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "show_case": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "revise_case": {
        400: "body-malformed",
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-carried-out case-over chain-broken destination-unfit duties-conflict "
            "idempotency-key-reused joiner-holds-no-duty not-a-step passes-used-up policy-moved revisions-used-up "
            "too-late tries-used-up"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "hold_case": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible case-held case-over "
            "ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong credential-not-expected "
            "cross-origin-refused destination-unfit idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low not-a-step origin-wrong passes-used-up policy-moved relying-party-wrong "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown too-late tries-used-up user-handle-wrong user-not-present "
            "user-not-verified wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "lift_hold": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible case-not-held case-over "
            "ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong credential-not-expected "
            "cross-origin-refused destination-unfit duties-conflict idempotency-key-reused joiner-holds-no-duty "
            "key-copied key-out-of-use key-tier-too-low not-a-step origin-wrong passes-used-up people-too-few "
            "policy-moved relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "record_proofing": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible bootstrap-differs case-over "
            "ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong credential-not-expected "
            "cross-origin-refused destination-unfit duties-conflict earlier-proofing-unknown evidence-too-old "
            "idempotency-key-reused joiner-holds-no-duty key-copied key-out-of-use key-tier-too-low level-too-low "
            "method-not-on-path not-a-step origin-wrong passes-used-up policy-moved relying-party-wrong "
            "revisions-used-up statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified vouch-not-good"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "withdraw_proofing": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible case-over ceremony-type-wrong "
            "chain-broken challenge-wrong credential-id-wrong credential-not-expected cross-origin-refused "
            "destination-unfit idempotency-key-reused key-copied key-out-of-use key-tier-too-low not-a-step "
            "origin-wrong passes-used-up policy-moved proofing-missing relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "too-late tries-used-up user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "give_approval": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out approver-already-approved "
            "assertion-signature-wrong assertion-unverified backup-eligibility-changed backup-flags-impossible "
            "bootstrap-differs case-over ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused destination-unfit digest-differs duties-conflict "
            "idempotency-key-reused joiner-holds-no-duty key-copied key-out-of-use key-tier-too-low not-a-step "
            "origin-wrong passes-used-up policy-moved proofing-missing relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "too-late tries-used-up user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "deny_approval": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible case-over ceremony-type-wrong "
            "chain-broken challenge-wrong credential-id-wrong credential-not-expected cross-origin-refused "
            "destination-unfit duties-conflict idempotency-key-reused joiner-holds-no-duty key-copied "
            "key-out-of-use key-tier-too-low not-a-step origin-wrong passes-used-up policy-moved "
            "relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "withdraw_approval": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out approval-missing "
            "assertion-signature-wrong assertion-unverified backup-eligibility-changed backup-flags-impossible "
            "case-over ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused destination-unfit idempotency-key-reused key-copied "
            "key-out-of-use key-tier-too-low not-a-step origin-wrong passes-used-up policy-moved "
            "relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "show_start_code": {
        400: "body-malformed",
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "not-found",
        409: "already-carried-out chain-broken idempotency-key-reused",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "anchor_claim": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-anchored already-carried-out anchor-not-on-path "
            "assertion-signature-wrong assertion-unverified backup-eligibility-changed backup-flags-impossible "
            "case-over ceremony-type-wrong chain-broken challenge-wrong claim-missing credential-id-wrong "
            "credential-not-expected cross-origin-refused destination-unfit duties-conflict idempotency-key-reused "
            "joiner-holds-no-duty key-copied key-out-of-use key-tier-too-low not-a-step number-differs "
            "origin-wrong passes-used-up policy-moved relying-party-wrong start-code-over statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "too-late tries-used-up user-handle-wrong user-not-present user-not-verified wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "show_visit": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "replace_claim": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-anchored already-carried-out anchor-missing "
            "anchor-not-on-path assertion-signature-wrong assertion-unverified backup-eligibility-changed "
            "backup-flags-impossible bootstrap-differs case-over ceremony-type-wrong chain-broken challenge-wrong "
            "claim-missing claim-taken credential-id-wrong credential-not-expected cross-origin-refused "
            "destination-unfit duties-conflict idempotency-key-reused joiner-holds-no-duty key-copied "
            "key-out-of-use key-tier-too-low native-pass-stands not-a-step number-differs origin-wrong "
            "passes-used-up policy-moved release-needs-new-handle relying-party-wrong revisions-used-up "
            "start-code-over statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "release_claim": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible case-over ceremony-type-wrong "
            "chain-broken challenge-wrong claim-missing credential-id-wrong credential-not-expected "
            "cross-origin-refused destination-unfit duties-conflict idempotency-key-reused joiner-holds-no-duty "
            "key-copied key-out-of-use key-tier-too-low native-pass-stands not-a-step origin-wrong passes-used-up "
            "people-too-few policy-moved release-needs-new-handle relying-party-wrong revisions-used-up "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown too-late tries-used-up user-handle-wrong user-not-present "
            "user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "reveal_pass": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out anchor-missing approval-missing "
            "approval-too-old assertion-signature-wrong assertion-unverified backup-eligibility-changed "
            "backup-flags-impossible case-held case-over ceremony-type-wrong chain-broken challenge-wrong "
            "checkpoint-missing claim-missing clock-doubtful cooling-off credential-id-wrong "
            "credential-not-expected cross-origin-refused destination-missing destination-unfit duties-conflict "
            "epoch-raised evidence-too-old idempotency-key-reused joiner-holds-no-duty key-copied key-out-of-use "
            "key-term-unmet key-tier-too-low maker-missing not-a-step origin-wrong partner-not-ready "
            "passes-used-up policy-moved presence-too-old proofing-missing relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "too-busy too-late tries-used-up user-handle-wrong user-not-present user-not-verified window-over "
            "wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "revoke_pass": {
        400: "body-malformed",
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-carried-out case-over chain-broken destination-unfit idempotency-key-reused "
            "not-a-step passes-used-up policy-moved too-late tries-used-up"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "confirm_attendance": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out anchor-missing approval-missing "
            "approval-too-old assertion-signature-wrong assertion-unverified backup-eligibility-changed "
            "backup-flags-impossible bootstrap-differs case-held case-over ceremony-type-wrong chain-broken "
            "challenge-wrong checkpoint-missing claim-missing clock-doubtful cooling-off credential-id-wrong "
            "credential-not-expected cross-origin-refused destination-missing destination-unfit duties-conflict "
            "epoch-raised evidence-too-old idempotency-key-reused joiner-holds-no-duty key-copied key-out-of-use "
            "key-term-unmet key-tier-too-low maker-missing not-a-step origin-wrong partner-not-ready "
            "passes-used-up policy-moved presence-too-old proofing-missing relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "too-late tries-used-up user-handle-wrong user-not-present user-not-verified window-over wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "withdraw_case": {
        400: "body-malformed",
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-carried-out case-held case-over chain-broken destination-unfit "
            "idempotency-key-reused not-a-step passes-used-up policy-moved too-late tries-used-up wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "declare_destination_lost": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible case-over ceremony-type-wrong "
            "chain-broken challenge-wrong credential-id-wrong credential-not-expected cross-origin-refused "
            "destination-unfit duties-conflict idempotency-key-reused joiner-holds-no-duty key-copied "
            "key-out-of-use key-tier-too-low native-pass-unknown not-a-step origin-wrong passes-used-up "
            "people-too-few policy-moved relying-party-wrong statement-not-fresh statement-purpose-wrong "
            "statement-signer-wrong statement-site-wrong statement-spent statement-unknown too-late tries-used-up "
            "user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "report_fraud": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible case-not-held case-over "
            "ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong credential-not-expected "
            "cross-origin-refused destination-unfit duties-conflict idempotency-key-reused joiner-holds-no-duty "
            "key-copied key-out-of-use key-tier-too-low not-a-step origin-wrong passes-used-up people-too-few "
            "policy-moved relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "record_review": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out already-reviewed "
            "assertion-signature-wrong assertion-unverified backup-eligibility-changed backup-flags-impossible "
            "case-over ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused destination-unfit duties-conflict idempotency-key-reused "
            "joiner-holds-no-duty key-copied key-out-of-use key-tier-too-low not-a-step origin-wrong "
            "passes-used-up policy-moved relying-party-wrong review-not-due statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "too-late tries-used-up user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "sign_time": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong clock-agrees "
            "credential-id-wrong credential-not-expected cross-origin-refused idempotency-key-reused key-copied "
            "key-out-of-use key-tier-too-low origin-wrong people-too-few relying-party-wrong statement-not-fresh "
            "statement-purpose-wrong statement-signer-wrong statement-site-wrong statement-spent statement-unknown "
            "user-handle-wrong user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "show_provenance": {
        400: "body-malformed entry-malformed pass-outside-enrollment span-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "list_recalls": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "recall_credentials": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed entry-malformed "
            "pass-outside-enrollment public-key-unfit response-malformed span-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh administrators-too-few already-carried-out "
            "assertion-signature-wrong assertion-unverified backup-eligibility-changed backup-flags-impossible "
            "case-held case-over ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused destination-unfit idempotency-key-reused key-copied "
            "key-out-of-use key-tier-too-low not-a-step origin-wrong passes-used-up people-too-few policy-moved "
            "recall-differs relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "show_recall": {
        400: "body-malformed",
        401: "sign-in-needed",
        404: "not-found",
        409: "chain-broken",
        429: "too-many-requests",
        503: "unavailable",
    },
    "confirm_recalled": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out assertion-signature-wrong "
            "assertion-unverified backup-eligibility-changed backup-flags-impossible case-held case-over "
            "ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong credential-not-expected "
            "cross-origin-refused destination-unfit idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low not-a-step origin-wrong passes-used-up people-too-few policy-moved "
            "relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "restore_credential": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "already-carried-out assertion-signature-wrong backup-eligibility-changed backup-flags-impossible "
            "ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong credential-not-expected "
            "cross-origin-refused idempotency-key-reused key-copied key-out-of-use key-tier-too-low origin-wrong "
            "relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown user-handle-wrong user-not-present "
            "user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "suspend_credential": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical client-data-malformed public-key-unfit "
            "response-malformed statement-malformed"
        ),
        401: "sign-in-needed",
        403: "origin-wrong",
        404: "not-found",
        409: (
            "act-not-for-this already-carried-out assertion-signature-wrong backup-eligibility-changed "
            "backup-flags-impossible ceremony-type-wrong chain-broken challenge-wrong credential-id-wrong "
            "credential-not-expected cross-origin-refused idempotency-key-reused key-copied key-out-of-use "
            "key-tier-too-low origin-wrong relying-party-wrong statement-not-fresh statement-purpose-wrong "
            "statement-signer-wrong statement-site-wrong statement-spent statement-unknown user-handle-wrong "
            "user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "claim_case": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical certificate-unreadable "
            "client-data-malformed proof-malformed public-key-unfit response-malformed statement-malformed"
        ),
        401: "use-nonce",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out another-device-claimed "
            "assertion-signature-wrong assertion-unverified backup-eligibility-changed backup-flags-impossible "
            "bootstrap-differs case-over ceremony-type-wrong chain-broken challenge-wrong claim-keys-wrong "
            "claim-taken credential-id-wrong credential-not-expected cross-origin-refused destination-unfit "
            "duties-conflict idempotency-key-reused joiner-holds-no-duty key-copied key-out-of-use "
            "key-tier-too-low not-a-step origin-wrong passes-used-up policy-moved proof-signature-wrong "
            "relying-party-wrong statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "show_claim": {
        400: "body-malformed certificate-unreadable proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-carried-out another-device-claimed case-over chain-broken destination-unfit "
            "idempotency-key-reused not-a-step passes-used-up policy-moved too-late tries-used-up"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "anchor_by_certificate": {
        400: "body-malformed certificate-unreadable certificate-wrong proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-anchored already-carried-out anchor-not-on-path another-device-claimed "
            "asset-differs case-over certificate-missing certificate-wrong chain-broken claim-missing "
            "destination-unfit idempotency-key-reused not-a-step passes-used-up policy-moved too-late "
            "tries-used-up wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "scan_to_take_over": {
        400: "body-malformed certificate-unreadable proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "not-found",
        409: (
            "already-carried-out another-device-claimed chain-broken claim-keys-wrong idempotency-key-reused "
            "proof-signature-wrong"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "replace_claim_at_station": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical certificate-unreadable "
            "client-data-malformed proof-malformed public-key-unfit response-malformed statement-malformed"
        ),
        401: "use-nonce",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-anchored already-carried-out anchor-missing "
            "anchor-not-on-path assertion-signature-wrong assertion-unverified backup-eligibility-changed "
            "backup-flags-impossible bootstrap-differs case-over ceremony-type-wrong chain-broken challenge-wrong "
            "claim-keys-wrong claim-missing claim-taken credential-id-wrong credential-not-expected "
            "cross-origin-refused destination-unfit duties-conflict idempotency-key-reused joiner-holds-no-duty "
            "key-copied key-out-of-use key-tier-too-low native-pass-stands not-a-step number-differs origin-wrong "
            "passes-used-up policy-moved proof-signature-wrong release-needs-new-handle relying-party-wrong "
            "revisions-used-up start-code-over statement-not-fresh statement-purpose-wrong statement-signer-wrong "
            "statement-site-wrong statement-spent statement-unknown too-late tries-used-up user-handle-wrong "
            "user-not-present user-not-verified wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "scan_start_code": {
        400: "body-malformed certificate-unreadable proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "not-found",
        409: "already-carried-out another-device-claimed chain-broken idempotency-key-reused",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "get_pass": {
        400: "body-malformed certificate-unreadable proof-malformed",
        401: "use-nonce",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out anchor-missing another-device-claimed "
            "approval-missing approval-too-old assertion-unverified bootstrap-differs case-held case-over "
            "chain-broken checkpoint-missing claim-missing clock-doubtful cooling-off destination-missing "
            "destination-unfit duties-conflict epoch-raised evidence-too-old idempotency-key-reused "
            "joiner-holds-no-duty key-term-unmet maker-missing native-pass-stands not-a-step partner-not-ready "
            "pass-elsewhere passes-used-up policy-moved presence-too-old proofing-missing too-late tries-used-up "
            "window-over wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "get_native_pass": {
        400: "body-malformed certificate-unreadable proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-carried-out anchor-missing another-device-claimed approval-missing "
            "approval-too-old assertion-unverified case-held case-over chain-broken checkpoint-missing "
            "claim-missing clock-doubtful cooling-off destination-missing destination-not-handover "
            "destination-unfit epoch-raised evidence-too-old idempotency-key-reused key-term-unmet maker-missing "
            "native-pass-stands not-a-step partner-not-ready passes-used-up policy-moved presence-too-old "
            "proofing-missing too-late tries-used-up window-over wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "redeem_pass": {
        400: "body-malformed certificate-unreadable code-malformed proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-carried-out anchor-missing another-device-claimed approval-missing "
            "approval-too-old assertion-unverified case-held case-over chain-broken checkpoint-missing "
            "claim-missing clock-doubtful code-is-for-another-pass code-wrong cooling-off destination-missing "
            "destination-unfit epoch-raised evidence-too-old idempotency-key-reused key-term-unmet maker-missing "
            "not-a-step partner-not-ready passes-used-up policy-moved presence-too-old proofing-missing too-busy "
            "too-late tries-used-up window-over wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "ask_own_key": {
        400: "body-malformed certificate-unreadable proof-malformed statement-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "not-found",
        409: "already-carried-out bootstrap-differs chain-broken idempotency-key-reused",
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "assert_own_key": {
        400: (
            "authenticator-data-malformed body-malformed cbor-not-canonical certificate-unreadable "
            "client-data-malformed proof-malformed public-key-unfit response-malformed statement-malformed"
        ),
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this already-carried-out anchor-missing another-device-claimed "
            "approval-missing approval-too-old assertion-signature-wrong assertion-unverified "
            "backup-eligibility-changed backup-flags-impossible bootstrap-differs case-held case-over "
            "ceremony-type-wrong chain-broken challenge-wrong checkpoint-missing claim-missing clock-doubtful "
            "cooling-off credential-id-wrong credential-not-active credential-not-expected cross-origin-refused "
            "destination-missing destination-unfit epoch-raised evidence-too-old idempotency-key-reused key-copied "
            "key-out-of-use key-term-unmet key-tier-too-low maker-missing not-a-step origin-wrong "
            "partner-not-ready passes-used-up policy-moved presence-too-old proofing-missing relying-party-wrong "
            "statement-not-fresh statement-purpose-wrong statement-signer-wrong statement-site-wrong "
            "statement-spent statement-unknown too-late tries-used-up user-handle-wrong user-not-present "
            "user-not-verified window-over wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests velocity-reached",
        503: "unavailable",
    },
    "start_ceremony": {
        400: "body-malformed certificate-unreadable proof-malformed",
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-carried-out anchor-missing another-device-claimed approval-missing "
            "approval-too-old assertion-unverified case-held case-over ceremonies-used-up chain-broken "
            "checkpoint-missing claim-missing clock-doubtful cooling-off destination-makes-credential "
            "destination-missing destination-unfit epoch-raised evidence-too-old idempotency-key-reused "
            "key-term-unmet maker-missing not-a-step partner-not-ready passes-used-up policy-moved "
            "presence-too-old proofing-missing too-late tries-used-up window-over wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "register_credential": {
        400: (
            "attestation-malformed authenticator-data-malformed body-malformed cbor-not-canonical "
            "certificate-unreadable client-data-malformed proof-malformed public-key-unfit response-malformed"
        ),
        401: "use-nonce",
        403: "origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone already-carried-out anchor-missing another-device-claimed approval-missing "
            "approval-too-old assertion-unverified case-held case-over ceremony-refused ceremony-unknown "
            "chain-broken checkpoint-missing claim-missing clock-doubtful cooling-off destination-missing "
            "destination-unfit epoch-raised evidence-too-old idempotency-key-reused key-term-unmet maker-missing "
            "not-a-step partner-not-ready passes-used-up policy-moved presence-too-old proofing-missing too-late "
            "tries-used-up window-over wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
    "not_me": {
        400: "body-malformed certificate-unreadable proof-malformed",
        401: "use-nonce",
        403: "not-eligible origin-wrong",
        404: "account-unknown not-found",
        409: (
            "account-gone act-not-for-this act-not-fresh already-carried-out another-device-claimed "
            "assertion-unverified case-held case-over chain-broken destination-unfit idempotency-key-reused "
            "not-a-step passes-used-up policy-moved too-late tries-used-up wrong-device"
        ),
        413: "body-too-large",
        415: "content-type-wrong",
        429: "too-many-requests",
        503: "unavailable",
    },
}
