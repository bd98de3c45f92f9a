"""GET /project/{id}/page/{n}, as Django REST framework's manual would have it."""
from django.urls import path
from rest_framework import generics, pagination, response, serializers

from tts.models import Audio


class AudioSerializer(serializers.ModelSerializer):
    is_audio_required = serializers.SerializerMethodField()
    path = serializers.SerializerMethodField()

    class Meta:
        model = Audio
        fields = [
            "id", "created_at", "updated_at", "text", "speed", "path", "is_audio_required",
            "project", "user", "revision", "state", "duration_ms", "size_bytes", "error"]

    def get_is_audio_required(self, audio):
        return audio.audio_revision != audio.revision

    def get_path(self, audio):
        return f"/media/{audio.path}" if audio.audio_revision == audio.revision else ""


class TenAPage(pagination.PageNumberPagination):
    page_size = 10

    def get_page_number(self, request, paginator):
        return request.parser_context["kwargs"]["n"]

    def get_paginated_response(self, data):
        return response.Response({
            "cnt": len(data), "total": self.page.paginator.count,
            "pages": self.page.paginator.num_pages, "page": data})


class ProjectPage(generics.ListAPIView):
    serializer_class = AudioSerializer
    pagination_class = TenAPage

    def get_queryset(self):
        return Audio.objects.filter(
            project_id=self.kwargs["id"], user_id=self.request.user.id).order_by("position")


urlpatterns = [path("project/<int:id>/page/<int:n>", ProjectPage.as_view())]
