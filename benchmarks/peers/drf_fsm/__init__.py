"""The peer on Django: REST framework, django-fsm-2, token authentication, a row in an event log."""
