"""The members in the admin."""

from __future__ import annotations

from django.contrib import admin

from members.models import Member


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin):
    """Shows who is a member."""

    list_display = ("full_name", "email", "is_active")
    fields = ("full_name", "email", "is_active", "is_staff", "groups")
