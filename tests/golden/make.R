# Golden numbers from R survey on sample.csv: unequal weights, cluster sizes, fractions and domains, one take-all stratum.
# Run by tools/golden; the output is committed as golden.json.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail", digits = 17)
here <- commandArgs(trailingOnly = TRUE)[1]
d <- read.csv(file.path(here, "sample.csv"))
clustered <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~clusters, data = d, nest = TRUE)
elements <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~people, data = d)
number <- function(x) formatC(as.numeric(x), digits = 17, format = "g")
entry <- function(name, stat) {
  sprintf('  "%s": {"value": %s, "se": %s}', name, number(coef(stat)[1]), number(SE(stat)[1]))
}
both <- function(tag, design) {
  gap <- svycontrast(svyby(~y, ~domain, design, svymean, covmat = TRUE), c(-1, 1))
  c(
    entry(paste0(tag, ".total"), svytotal(~y, design)),
    entry(paste0(tag, ".mean"), svymean(~y, design)),
    entry(paste0(tag, ".ratio"), svyratio(~y, ~x, design)),
    entry(paste0(tag, ".domain_mean"), svymean(~y, subset(design, domain == 1))),
    entry(paste0(tag, ".missing_mean"), svymean(~z, design, na.rm = TRUE)),
    entry(paste0(tag, ".gap"), gap)
  )
}
lines <- c(both("clustered", clustered), both("elements", elements))
cat("{\n", paste(lines, collapse = ",\n"), ",\n",
    sprintf('  "package": {"survey": "%s"}', packageVersion("survey")), "\n}\n", sep = "")
