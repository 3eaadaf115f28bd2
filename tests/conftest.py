"""What holds for every test: how fast a machine draws examples says nothing about the code."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("smsl", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("smsl")
