"""Public figures of the publications."""

from documents.models import FAQ, Actualite, DocumentOfficiel, PageCMS
from ecms.stats import declare

declare("actualites", Actualite)
declare("documents", DocumentOfficiel)
declare("pages", PageCMS)
declare("faq", FAQ)
