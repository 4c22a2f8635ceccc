"""A stand-in for the Telegram Bot API that checks every request and every update against the published description.

Written from `api.json` (see LICENCE) and the rules its texts state, without having seen the bot that it tests. The
description is silent on a few points; there the public behaviour of the real service was followed: the newer of two
pollers wins and the older gets 409, and an `offset` far outside the queue is answered from its head.
"""
