"""Chat channels: each turns a messenger's updates into messages and letters into chat."""
