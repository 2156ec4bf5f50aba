"""What is published for programs outside the API: Atom feeds and sitemaps of a mairie.

The addresses are under `/flux/`. Each app declares in its module `flux` what it publishes
(`ecms.flux.registre`), the views are here.
"""
