"""`python -m benchmarks.peers.drf_fsm.prepare N`: make the tables, one user with the token PEER_TOKEN, and N cases; print their identifiers."""

import os
import sys
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.drf_fsm.settings")
django.setup()


def main(cases: int) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from rest_framework.authtoken.models import Token

    from benchmarks.peers.drf_fsm.models import Case

    call_command("migrate", "authtoken", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    user = User.objects.create_user("officer")
    Token.objects.create(user=user, key=os.environ["PEER_TOKEN"])
    made = [Case(uid=uuid4(), number=f"2026-{n}", dossier_id=n, workflow="there_and_back", unit_id=2, title="A case that goes there and back",
                 assignee=user) for n in range(cases)]
    Case.objects.bulk_create(made)
    print("\n".join(str(case.uid) for case in made))


if __name__ == "__main__":
    main(int(sys.argv[1]))
