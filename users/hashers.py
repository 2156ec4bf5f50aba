from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id at OWASP's minimum (19 MiB, t=2, p=1): signing in stays cheap for the site."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
