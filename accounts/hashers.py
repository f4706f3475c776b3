"""The old Bloggy's password hashes, so that every old password works until its owner logs in once."""

import hashlib

from django.contrib.auth.hashers import BasePasswordHasher, PBKDF2PasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop as _


class EmmettPBKDF2Hasher(BasePasswordHasher):
    """Check `emmett_pbkdf2$<iterations>,<length>,<digest>$<salt>$<hex>`; Django renews it at the first log-in.

    The hash equals `hashlib.pbkdf2_hmac(digest, password, salt, iterations, length).hex()`: what the
    Emmett framework stored as `pbkdf2(<iterations>,<length>,<digest>)$<salt>$<hex>`, the salt's
    characters being its bytes.
    """

    algorithm = "emmett_pbkdf2"

    def encode(self, password, salt, parameters="2000,20,sha512"):
        """Return the stored form; parameters are "<iterations>,<length in bytes>,<digest>"."""
        iterations, length, digest = parameters.split(",")
        derived = hashlib.pbkdf2_hmac(digest, password.encode(), salt.encode(), int(iterations), int(length))
        return f"{self.algorithm}${parameters}${salt}${derived.hex()}"

    def decode(self, encoded):
        algorithm, parameters, salt, hexadecimal = encoded.split("$", 3)
        return {"algorithm": algorithm, "parameters": parameters, "salt": salt, "hash": hexadecimal}

    def verify(self, password, encoded):
        decoded = self.decode(encoded)
        if constant_time_compare(encoded, self.encode(password, decoded["salt"], decoded["parameters"])):
            return True
        self.harden_runtime(password, encoded)  # Django does this only for a hash of its preferred algorithm
        return False

    def must_update(self, encoded):
        return True

    def harden_runtime(self, password, encoded):
        """Cost as much as Django's hasher does, or a quick answer would tell who has an old password."""
        PBKDF2PasswordHasher().encode(password, PBKDF2PasswordHasher().salt())

    def safe_summary(self, encoded):
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("parameters"): decoded["parameters"],
            _("salt"): mask_hash(decoded["salt"]),
            _("hash"): mask_hash(decoded["hash"]),
        }
