"""Open311 GeoReport v2 over the problem reports, for clients that speak it already.

It is outside `/api/`: its forms, formats and errors are those of the standard
(https://wiki.open311.org/GeoReport_v2). docs/api.md, Open311, says where we choose.
"""
