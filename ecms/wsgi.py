import os

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from ecms.requests import Utf8Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecms.settings")

application = get_wsgi_application()
application.request_class = Utf8Request

# `manage.py` runs the checks before each command; a web server asks for them here.
if errors := [check for check in run_checks(tags=["environment"]) if check.is_serious()]:
    raise ImproperlyConfigured(" ".join(str(check.msg) for check in errors))
