# Golden numbers from R survey: on sample.csv (unequal weights, cluster sizes, fractions and domains, one take-all
# stratum), and on R's own api data, which stay in the package. Run by tools/golden; the output is committed.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail", digits = 17)
here <- commandArgs(trailingOnly = TRUE)[1]
what <- commandArgs(trailingOnly = TRUE)[2]
number <- function(x) formatC(as.numeric(x), digits = 17, format = "g")
entry <- function(name, stat, ...) {
  more <- list(...)
  extra <- if (length(more)) paste0(', "', names(more), '": ', sapply(more, number), collapse = "") else ""
  sprintf('  "%s": {"value": %s, "se": %s%s}', name, number(coef(stat)[1]), number(SE(stat)[1]), extra)
}
plain <- function(name, value, se) sprintf('  "%s": {"value": %s, "se": %s}', name, number(value), number(se))
q50 <- function(name, design, formula, p) {
  found <- svyquantile(formula, design, p, na.rm = TRUE)[[1]]
  sprintf('  "%s": {"value": %s, "se": %s, "low": %s, "high": %s}', name, number(found[1, 1]), number(found[1, 4]),
          number(found[1, 2]), number(found[1, 3]))
}

own <- function() {
  d <- read.csv(file.path(here, "sample.csv"))
  clustered <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~clusters, data = d, nest = TRUE)
  elements <- svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~people, data = d)
  both <- function(tag, design) {
    gap <- svycontrast(svyby(~y, ~domain, design, svymean, covmat = TRUE), c(-1, 1))
    mean_y <- svymean(~y, design, deff = TRUE)
    total_y <- svytotal(~y, design, deff = TRUE)
    inside <- subset(design, domain == 1)
    share <- svyciprop(~I(y > 60), design, method = "beta")
    logit <- svyciprop(~I(y > 60), design, method = "xlogit")
    c(
      entry(paste0(tag, ".total"), total_y, deff = deff(total_y)),
      entry(paste0(tag, ".mean"), mean_y, deff = deff(mean_y), df = degf(design)),
      entry(paste0(tag, ".ratio"), svyratio(~y, ~x, design)),
      entry(paste0(tag, ".domain_mean"), svymean(~y, inside), df = degf(inside)),
      entry(paste0(tag, ".domain_total"), svytotal(~y, inside)),
      entry(paste0(tag, ".domain_ratio"), svyratio(~y, ~x, inside)),
      entry(paste0(tag, ".missing_mean"), svymean(~z, design, na.rm = TRUE)),
      entry(paste0(tag, ".gap"), gap),
      entry(paste0(tag, ".share"), share, low = attr(share, "ci")[1], high = attr(share, "ci")[2],
            logit_low = attr(logit, "ci")[1], logit_high = attr(logit, "ci")[2]),
      q50(paste0(tag, ".quantile"), design, ~y, 0.3),
      q50(paste0(tag, ".domain_quantile"), inside, ~y, 0.5)
    )
  }
  jkn <- as.svrepdesign(clustered, type = "JKn")
  elements_jkn <- as.svrepdesign(elements, type = "JKn")
  people <- sum(weights(elements))
  targets <- c("(Intercept)" = people * 1.02, "domain" = people * 0.4, "x" = people * 51)
  calibrated <- function(tag, calfun, ...) {
    made <- calibrate(elements, ~domain + x, population = targets, calfun = calfun, epsilon = 1e-12, maxit = 100, ...)
    clusters <- calibrate(clustered, ~domain + x, population = targets, calfun = calfun, epsilon = 1e-12, maxit = 100, ...)
    c(entry(paste0("elements.", tag), svymean(~y, made), first_weight = weights(made)[1]),
      entry(paste0("elements.", tag, "_total"), svytotal(~y, made)),
      entry(paste0("elements.", tag, "_domain"), svymean(~y, subset(made, domain == 1))),
      entry(paste0("clustered.", tag), svymean(~y, clusters)))
  }
  alone <- d[!(d$stratum == 0 & d$psu != 1), ]
  lonely <- sapply(c("certainty", "adjust", "average"), function(rule) {
    options(survey.lonely.psu = rule)
    on.exit(options(survey.lonely.psu = "fail"))
    design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, fpc = ~clusters, data = alone, nest = TRUE)
    entry(paste0("lonely.", rule), svymean(~y, design))
  })
  trimmed <- trimWeights(elements, upper = 12, lower = 2, strict = TRUE)
  items <- as.matrix(d[, c("y", "x")])
  parts <- d[!is.na(d$z), c("y", "z", "x")]
  parts$v <- 0.4 * parts$y + 0.3 * parts$z + 0.2 * parts$x
  parts$v <- parts$v + 20 * sin(seq_len(nrow(parts)))
  covariance <- cov(parts)
  factor <- factanal(covmat = cov(parts[, c("y", "z", "v")]), factors = 1, n.obs = nrow(parts),
                     control = list(opt = list(factr = 1e3, pgtol = 1e-10)))
  spread <- sqrt(diag(cov(parts[, c("y", "z", "v")])))
  common <- sum(factor$loadings[, 1] * spread)^2
  unique <- sum(factor$uniquenesses * spread^2)
  three <- cov(parts[, c("y", "z", "v")])
  first_two <- sapply(split(d$psu, d$stratum), function(psu) head(unique(psu), 2))
  two <- d[d$psu %in% first_two, ]
  halves <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = two, nest = TRUE)
  brr <- as.svrepdesign(halves, type = "BRR")
  fay <- as.svrepdesign(halves, type = "Fay", fay.rho = 0.3)
  by <- svyby(~y, ~domain, clustered, svymean, covmat = TRUE)
  test <- svyttest(y ~ domain, clustered)
  replaced <- svymean(~y, clustered, deff = "replace")
  c(both("clustered", clustered), both("elements", elements),
    entry("halves.brr_ratio", svyratio(~y, ~x, brr)),
    entry("halves.fay_ratio", svyratio(~y, ~x, fay)),
    entry("clustered.gap_test", svycontrast(by, c(-1, 1)), covariance = vcov(by)[1, 2],
          df = unname(test$parameter), p = unname(test$p.value)),
    entry("clustered.replace", replaced, deff = deff(replaced)),
    entry("jackknife.clustered", svymean(~y, jkn)),
    entry("jackknife.ratio", svyratio(~y, ~x, jkn)),
    entry("jackknife.elements", svymean(~y, elements_jkn)),
    calibrated("linear", "linear"), calibrated("raking", "raking"),
    calibrated("logit", "logit", bounds = c(0.3, 3)),
    unname(lonely),
    entry("trimmed.mean", svymean(~y, trimmed), first_weight = weights(trimmed)[1]),
    plain("reliability.alpha", 3 / 2 * (1 - sum(diag(three)) / sum(three)), 0),
    plain("reliability.omega", common / (common + unique), 0))
}

api <- function() {
  data(api)
  data(scd)
  strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
  free <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat)
  srs <- svydesign(id = ~1, weights = ~pw, data = apisrs, fpc = ~fpc)
  clus1 <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
  clus2 <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
  ultimate <- svydesign(id = ~dnum, fpc = ~fpc1, weights = ~pw, data = apiclus2)
  targets <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018)
  with99 <- c(targets, api99 = 3914069)
  stypes <- data.frame(stype = c("E", "H", "M"), Freq = c(4421, 755, 1018))
  wides <- data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))
  raked <- calibrate(clus1, list(~stype, ~sch.wide), calfun = "raking", epsilon = 1e-12, maxit = 100,
                     population = list(stypes, wides))
  jkn <- as.svrepdesign(strat)
  missing <- update(strat, api00 = ifelse(snum %in% sort(snum)[c(3, 30, 90, 150)], NA, api00))
  by_type <- svyby(~api00, ~stype, strat, svymean)
  by_wide <- svyby(~api00, ~sch.wide, strat, svymean)
  rows <- c(
    entry("strat.mean", svymean(~api00, strat, deff = TRUE), deff = deff(svymean(~api00, strat, deff = TRUE))),
    entry("strat.mean_without_fpc", svymean(~api00, free)),
    entry("strat.total", svytotal(~enroll, strat)),
    entry("strat.ratio", svyratio(~api.stu, ~enroll, strat)),
    entry("strat.missing", svymean(~api00, missing, na.rm = TRUE)),
    q50("strat.quantile_25", strat, ~api00, 0.25), q50("strat.quantile_50", strat, ~api00, 0.5),
    q50("strat.quantile_90", strat, ~api00, 0.9),
    entry("srs.mean", svymean(~api00, srs)), entry("srs.growth", svymean(~I(api00 - api99), srs)),
    entry("srs.ratio", svyratio(~api00, ~api99, srs)),
    entry("clus1.mean", svymean(~api00, clus1)), entry("clus1.total", svytotal(~enroll, clus1)),
    entry("clus1.ratio", svyratio(~api.stu, ~enroll, clus1)),
    q50("clus1.quantile_50", clus1, ~api00, 0.5),
    entry("clus2.mean", svymean(~api00, clus2)),
    entry("clus2.total", svytotal(~enroll, clus2, na.rm = TRUE)),
    entry("clus2.ultimate", svymean(~api00, ultimate)),
    entry("clus1.post", svytotal(~enroll, postStratify(clus1, ~stype, stypes))),
    entry("clus1.post_mean", svymean(~api00, postStratify(clus1, ~stype, stypes))),
    entry("clus1.greg", svymean(~api00, calibrate(clus1, ~stype + api99, population = with99))),
    entry("clus1.raking", svymean(~api00, calibrate(clus1, ~stype + api99, population = with99, calfun = "raking",
                                                    epsilon = 1e-12, maxit = 100))),
    entry("clus1.logit", svymean(~api00, calibrate(clus1, ~stype + api99, population = with99, calfun = "logit",
                                                   bounds = c(0.5, 2), epsilon = 1e-12, maxit = 100))),
    entry("clus1.raked", svymean(~api00, raked)), entry("clus1.raked_total", svytotal(~enroll, raked)),
    entry("jackknife.mean", svymean(~api00, jkn)), entry("jackknife.total", svytotal(~enroll, jkn)))
  for (i in 1:3) rows <- c(rows, plain(paste0("strat.type_", by_type$stype[i]), coef(by_type)[i], SE(by_type)[i]))
  for (i in 1:2) rows <- c(rows, plain(paste0("strat.wide_", by_wide$sch.wide[i]), coef(by_wide)[i], SE(by_wide)[i]))
  rows
}

lines <- if (what == "api") api() else own()
cat("{\n", paste(lines, collapse = ",\n"), ",\n",
    sprintf('  "package": {"survey": "%s"}', packageVersion("survey")), "\n}\n", sep = "")
