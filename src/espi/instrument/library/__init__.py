"""The questionnaires that come with E-SPI, one versioned file each."""
