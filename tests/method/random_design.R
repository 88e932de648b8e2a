# Estimates from a file with a random design, for tests/method/test_estimate.py. Arguments: file, psu or "-".
suppressPackageStartupMessages(library(survey))
words <- commandArgs(trailingOnly = TRUE)
d <- read.csv(words[1])
ids <- if (words[2] == "-") ~1 else ~psu
d$fpc <- if (words[2] == "-") d$people else d$clusters
design <- svydesign(ids = ids, strata = ~h, weights = ~w, fpc = ~fpc, data = d, nest = TRUE)
row <- function(stat, by, of, value, se, extra = "") {
  cat(sprintf('{"stat": "%s", "by": "%s", "of": "%s", "estimate": %.17g, "se": %.17g%s}\n', stat, by, of, value, se, extra))
}
for (of in c("y1", "y2")) for (by in c("all", sort(unique(d$d)))) {
  sub <- if (by == "all") design else subset(design, d == by)
  f <- as.formula(paste0("~", of))
  m <- svymean(f, sub, na.rm = TRUE, deff = TRUE)
  known <- subset(sub, !is.na(sub$variables[[of]]))
  ci <- confint(m, df = degf(known))
  row("mean", by, of, coef(m), SE(m), sprintf(', "deff": %.17g, "df": %d, "ci_low": %.17g, "ci_high": %.17g',
      deff(m), degf(known), ci[1], ci[2]))
  t <- svytotal(f, sub, na.rm = TRUE)
  row("total", by, of, coef(t), SE(t))
  r <- svyratio(f, ~x, sub, na.rm = TRUE)
  row("ratio:x", by, of, coef(r), SE(r))
  q <- svyquantile(f, sub, 0.4, na.rm = TRUE)[[1]]
  row("quantile:0.4", by, of, q[1, 1], q[1, 4])
}
