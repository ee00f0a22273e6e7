"""Screens about people: of one's own partner for partner admins, of all for hub admins."""
