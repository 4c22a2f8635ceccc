"""Everything that citizens and officials read. A package, so that it ships in the wheel.

``letters/<letter>/``   subject, text and html of each letter
``texts/<language>/``   short texts: gettext catalogues whose keys are message ids; Dutch is the source
``web/``                pages
"""
