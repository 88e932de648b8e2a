# What a statistician asks of espi estimate, by R survey, for tests/analyst/test_statistician.py. Argument: a folder
# with survey.csv (psus in strata h, persons in psus) and pairs.csv (two psus in each stratum). Writes replicates.csv
# and halves.csv, the same with replicate weights, and prints a JSON line for each number.
suppressPackageStartupMessages(library(survey))
folder <- commandArgs(trailingOnly = TRUE)[1]
d <- read.csv(file.path(folder, "survey.csv"), na.strings = "")
pairs <- read.csv(file.path(folder, "pairs.csv"))
options(survey.lonely.psu = "fail")
say <- function(case, ...) {
  numbers <- c(...)
  cells <- sprintf('"%s": %.17g', names(numbers), numbers)
  cat(sprintf('{"case": "%s", %s}\n', case, paste(cells, collapse = ", ")))
}
one <- function(case, s, ...) say(case, estimate = unname(coef(s))[1], se = unname(SE(s))[1], ...)
means <- function(case, design) {
  one(paste0(case, ".mean"), svymean(~y1, design))
  one(paste0(case, ".total"), svytotal(~y1, design))
  one(paste0(case, ".ratio"), svyratio(~y1, ~x, design))
  one(paste0(case, ".north"), svymean(~y1, subset(design, d == "north")))
}
nested <- function(data, ...) svydesign(data = data, nest = TRUE, weights = ~w, ...)
plain <- nested(d, ids = ~psu, strata = ~h, fpc = ~clusters)
means("fraction", nested(d, ids = ~psu, strata = ~h, fpc = ~fraction))
means("crossed", nested(d, ids = ~1, strata = ~interaction(half, d)))
means("where", subset(plain, x >= 40 & half != "b"))
means("zero", svydesign(ids = ~psu, strata = ~h, weights = ~w0, fpc = ~clusters, data = d, nest = TRUE))
means("stages", svydesign(ids = ~psu + person, strata = ~h, weights = ~w, fpc = ~clusters + persons, data = d, nest = TRUE))
for (value in sort(unique(d$d))) {
  d$one <- as.numeric(d$d == value)
  design <- nested(d, ids = ~psu, strata = ~h, fpc = ~clusters)
  one(paste0("share.", value), svymean(~one, design))
  for (method in c("xlogit", "beta", "mean")) {
    s <- svyciprop(~one, design, method = method, level = 0.9)
    say(paste0("interval.", method, ".", value), ci_low = unname(attr(s, "ci")[1]), ci_high = unname(attr(s, "ci")[2]))
  }
}
m <- svymean(~y1, plain, deff = "replace")
normal <- confint(m, level = 0.8)
one("replace.mean", m, deff = unname(deff(m)), ci_low = normal[1], ci_high = normal[2])
s <- svytotal(~y1, plain, deff = "replace")
one("replace.total", s, deff = unname(deff(s)))
for (name in c("mean", "total")) {
  by <- svyby(~y1, ~d, plain, if (name == "mean") svymean else svytotal, covmat = TRUE)
  domains <- sort(unique(d$d))
  for (i in 1:2) for (j in (i + 1):3) {
    contrast <- rep(0, 3); contrast[i] <- 1; contrast[j] <- -1
    more <- c(covariance = vcov(by)[i, j])
    if (name == "mean") {
      test <- svyttest(y1 ~ d, subset(plain, d %in% domains[c(i, j)]))
      more <- c(more, df = unname(test$parameter), p = unname(test$p.value))
    }
    one(paste0("difference.", name, ".", domains[i], ".", domains[j]), svycontrast(by, contrast), more)
  }
}
people <- sum(d$w)
targets <- c("(Intercept)" = people * 1.03, dsouth = people * 0.4, dwest = people * 0.3, x = people * 56)
total_of <- function(design) unname(coef(svytotal(~x, design)))
fit <- function(design, calfun, ...)
  calibrate(design, ~d + x, population = targets, calfun = calfun, epsilon = 1e-13, maxit = 200, ...)
for (calfun in c("linear", "raking", "logit")) {
  made <- if (calfun == "logit") fit(plain, calfun, bounds = c(0.2, 4)) else fit(plain, calfun)
  means(paste0("calibrated.", calfun), made)
  q <- svyquantile(~y1, made, 0.4)[[1]]
  say(paste0("calibrated.", calfun, ".quantile"), estimate = q[1, 1], se = q[1, 4])
}
means("calibrated.stages", fit(svydesign(ids = ~psu + person, strata = ~h, weights = ~w, fpc = ~clusters + persons,
                                         data = d, nest = TRUE), "linear"))
trimmed <- trimWeights(nested(d, ids = ~psu, strata = ~h, fpc = ~clusters), lower = 4, upper = 30, strict = TRUE)
means("trimmed", trimmed)
jack <- as.svrepdesign(plain, type = "JKn")
means("jackknife", jack)
means("jackknife.calibrated", fit(jack, "raking"))
say("jackknife.df", df = degf(jack))
halves <- nested(pairs, ids = ~psu, strata = ~h)
means("brr", as.svrepdesign(halves, type = "BRR"))
means("brr.estimate", as.svrepdesign(halves, type = "BRR", mse = TRUE))
means("fay", as.svrepdesign(halves, type = "Fay", fay.rho = 0.3))
set.seed(1)
supplied <- function(name, data, type, repweights, ...) {
  made <- svrepdesign(weights = ~w, repweights = repweights, type = type, combined.weights = TRUE, data = data, ...)
  means(paste0("supplied.", name), made)
  north <- subset(made, d == "north")
  say(paste0("supplied.", name, ".df"), df = degf(made), north = qr(weights(north, "analysis"), tol = 1e-5)$rank - 1)
}
weights_of <- function(design) unclass(weights(design, "analysis"))
jkn <- weights_of(jack)
boot <- weights_of(as.svrepdesign(plain, type = "bootstrap", replicates = 30))
supplied("jkn", d, "JKn", jkn, scale = 1, rscales = jack$rscales)
cat(sprintf('{"case": "factors", "values": [%s]}\n', paste(sprintf("%.17g", jack$rscales), collapse = ", ")))
supplied("bootstrap", d, "bootstrap", boot)
supplied("jk1", d, "JK1", boot)
supplied("sdr", d, "successive-difference", boot)
brr <- weights_of(as.svrepdesign(halves, type = "BRR"))
fay <- weights_of(as.svrepdesign(halves, type = "Fay", fay.rho = 0.3))
supplied("brr", pairs, "BRR", brr)
supplied("fay", pairs, "Fay", fay, rho = 0.3)
supplied("fay.estimate", pairs, "Fay", fay, rho = 0.3, mse = TRUE)
colnames(jkn) <- paste0("j", seq_len(ncol(jkn))); colnames(boot) <- paste0("b", seq_len(ncol(boot)))
colnames(brr) <- paste0("h", seq_len(ncol(brr)), "_"); colnames(fay) <- paste0("f", seq_len(ncol(fay)), "_")
keep <- function(file, ...) {
  data <- data.frame(...)
  for (name in names(data)) if (is.numeric(data[[name]])) data[[name]] <- sprintf("%.17g", data[[name]])
  write.csv(data, file.path(folder, file), row.names = FALSE, na = "", quote = FALSE)
}
keep("replicates.csv", d[c("w", "y1", "x", "d")], jkn, boot)
keep("halves.csv", pairs[c("w", "y1", "x", "d")], brr, fay)
