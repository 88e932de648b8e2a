"""The nation: its wave, its agencies, and the population lists its liaisons deliver.

``wave/`` is a design folder for ``espi --bank … design load``:

* ``wave.toml``: settings of the wave. ``instruments`` names files of the questionnaire library,
  ``specification`` a file of the index specifications, ``[expected_response]`` a share per group.
* ``agencies.csv``: ``code,name,type,sector,margin_of_error``. All names are fictional. One regency
  has a narrow margin: it is sampled as in life, so that its services can be told apart.
* ``services.csv``: what each agency is rated on: services for its users, units for its employees.
* ``strata.csv``: one sampling stratum a row, with its key stratum. ``units`` are unit names
  separated by ``|``: a person belongs to the stratum of the agency and group whose units hold the
  person's ``unit``. Empty ``units`` take everybody of that agency and group (experts).

The lists are for the upload of population lists; see ``template.py`` for their columns.
"""
