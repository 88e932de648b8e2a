# R survey on the numbers of bench/method.py. Arguments: measure, file of doubles by column, rows, scores, domains.
suppressPackageStartupMessages(library(survey))
words <- commandArgs(trailingOnly = TRUE)
n <- as.integer(words[3])
k <- as.integer(words[4])
columns <- k + 5L
table <- matrix(readBin(words[2], "double", n * columns, size = 8, endian = "little"), nrow = n)
d <- as.data.frame(table)
names(d) <- c("agency", "stratum", "people", "weight", paste0("y", seq_len(k) - 1L), "unit")
rm(table)
start <- proc.time()[["elapsed"]]
design <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~people, data = d, check.strata = FALSE)
if (words[1] == "a") {
  found <- svyby(~y0, ~agency, design, svymean)
} else if (words[1] == "b") {
  found <- svyby(as.formula(paste("~", paste0("y", seq_len(k) - 1L, collapse = "+"))), ~agency, design, svymean)
} else {
  start <- proc.time()[["elapsed"]]
  for (u in seq_len(as.integer(words[5])) - 1L) found <- svymean(~y0, subset(design, unit == u))
}
seconds <- proc.time()[["elapsed"]] - start
status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("VmHWM", status, value = TRUE))) / 1024^2
cat(sprintf('{"seconds": %.3f, "peak": %.3f}\n', seconds, peak))
