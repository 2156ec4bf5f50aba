from django.contrib import admin
from unfold.contrib.forms.widgets import WysiwygWidget

from documents.models import FAQ
from ecms.admin import ScopedAdmin
from ecms.fields import HTMLField


@admin.register(FAQ)
class FAQAdmin(ScopedAdmin):
    list_display = ["question", "mairie", "categorie", "ordre", "est_active"]
    list_editable = ["ordre", "est_active"]
    list_filter = ["est_active", "mairie"]
    list_select_related = ["mairie"]
    search_fields = ["question", "categorie"]
    formfield_overrides = {HTMLField: {"widget": WysiwygWidget}}
    fields = ["mairie", "question", "reponse", "categorie", "ordre", "est_active"]
