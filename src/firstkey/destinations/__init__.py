"""Identity systems that take a credential. `local`, the site's own account store, is what its accounts hold."""
