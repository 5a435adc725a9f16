from django.urls import path

from kring.care.circles.views import mapping, mine

app_name = "circles"
urlpatterns = [
    path("mine/", mine.mine, name="mine"),
    path("preview/stop/", mine.stop_preview, name="stop_preview"),
    path("map/", mapping.map_page, name="map"),
    path("map/new/", mapping.new_tie, name="new_tie"),
    path("map/<uuid:tie_id>/", mapping.edit_tie, name="edit_tie"),
    path("map/<uuid:tie_id>/remove/", mapping.remove_tie, name="remove_tie"),
    path("map/<uuid:tie_id>/restore/", mapping.restore_tie, name="restore_tie"),
]
