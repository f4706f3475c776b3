"""The old Bloggy's password hashes, bare and wrapped: every old password works until its owner logs in once."""

import hashlib

from django.contrib.auth.hashers import BasePasswordHasher, PBKDF2PasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop as _

MAX_LENGTH = 255  # characters of accounts.User.password
DJANGOS_HASH = 44  # characters: 32 bytes in base64
SHORTEST_HASH = 14  # characters: 84 bits


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
        algorithm, parameters, rest = encoded.split("$", 2)
        salt, hexadecimal = rest.rsplit("$", 1)
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


class EmmettPBKDF2WrappedHasher(BasePasswordHasher):
    """Check `emmett_pbkdf2_wrapped$<iterations>,<length>,<digest>$<old salt>$<iterations>$<salt>$<hash>`.

    Salt and hash are Django's PBKDF2 of the <hex> in the form above. Only an old salt of over 142 characters makes it
    longer than its column: the new salt, then the hash, are cut to the room there is.
    """

    algorithm = "emmett_pbkdf2_wrapped"

    def wrap(self, old, salt=None, iterations=None):
        """Return the wrapped form of what EmmettPBKDF2Hasher stores; the salt is a fresh one unless given.

        Raises ValueError for what is no such hash, or would keep less than 84 bits of the new hash.
        """
        django = PBKDF2PasswordHasher()
        inner = EmmettPBKDF2Hasher().decode(old)
        iterations = iterations or django.iterations
        start = f"{self.algorithm}${inner['parameters']}${inner['salt']}${iterations}$"
        if salt is None:
            room = MAX_LENGTH - len(f"{start}$") - DJANGOS_HASH
            salt = django.salt()[: max(1, room)]
        if len(start + salt) + SHORTEST_HASH >= MAX_LENGTH:
            raise ValueError("an old salt that is too long")
        derived = django.encode(inner["hash"], salt, iterations).rpartition("$")[2]
        return f"{start}{salt}${derived}"[:MAX_LENGTH]

    def decode(self, encoded):
        algorithm, parameters, rest = encoded.split("$", 2)
        old_salt, iterations, salt, derived = rest.rsplit("$", 3)
        return {
            "algorithm": algorithm,
            "parameters": parameters,
            "old_salt": old_salt,
            "iterations": int(iterations),
            "salt": salt,
            "hash": derived,
        }

    def verify(self, password, encoded):
        decoded = self.decode(encoded)
        old = EmmettPBKDF2Hasher().encode(password, decoded["old_salt"], decoded["parameters"])
        if constant_time_compare(encoded, self.wrap(old, decoded["salt"], decoded["iterations"])):
            return True
        self.harden_runtime(password, encoded)
        return False

    def must_update(self, encoded):
        return True

    def harden_runtime(self, password, encoded):
        """Make up for the iterations that Django has added since the hash was wrapped."""
        decoded, django = self.decode(encoded), PBKDF2PasswordHasher()
        if (missing := django.iterations - decoded["iterations"]) > 0:
            django.encode(password, decoded["salt"], missing)

    def safe_summary(self, encoded):
        decoded = self.decode(encoded)
        return {
            _("algorithm"): decoded["algorithm"],
            _("parameters"): decoded["parameters"],
            _("iterations"): decoded["iterations"],
            _("salt"): mask_hash(decoded["salt"]),
            _("hash"): mask_hash(decoded["hash"]),
        }
