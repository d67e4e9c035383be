"""FirstKey: from "hired" to "holds a working, device-bound passkey", with a pass that never becomes a credential."""

VERSION = "0.1.0"
