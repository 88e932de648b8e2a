# Writes R's own survey data as CSV into a folder: they belong to the package and are not part of this repository.
suppressPackageStartupMessages(library(survey))
folder <- commandArgs(trailingOnly = TRUE)[1]
data(api)
data(scd)
data(mu284)
for (name in c("apistrat", "apisrs", "apiclus1", "apiclus2", "scd", "mu284"))
  write.csv(get(name), file.path(folder, paste0(name, ".csv")), row.names = FALSE, na = "")
