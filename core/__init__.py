"""The complaint and its procedure; imports nobody in this house but ``templates``.

``domain``    what the law and the process say: pure functions and tables, standard library only
``ports``     what the core needs from the world
``letters``   one letter: name + facts -> subject, text and html
``service``   use cases: load, ask the domain, save in one transaction
``store``     SQLAlchemy Core: the only home of SQL, behind the ports
``adapters``  small parts of the world: holidays, blobs on disk, passwords

A message's walk: a door (``mailin``, ``web``, ``bots``) makes an ``Inbound`` -> ``service.intake`` accepts it in one
transaction -> ``service.worker`` delivers the acknowledgement and asks the classifier -> a person confirms in
``service.review``.
"""
