# Makes the scores of service areas again from service-areas.csv, with base R only (docs/method, M33 to M36).
# Rscript small-areas.R service-areas.csv [remade.csv]
words <- commandArgs(trailingOnly = TRUE)
all <- read.csv(words[1], colClasses = c(agency = "character", area = "character", category = "character"), na.strings = "")
all <- all[!is.na(all$score), ]

# Covariates: as many as the areas can bear (M33).
columns <- function(code) {
  usable <- names(which(table(code[!is.na(code)]) >= 5))
  usable <- sort(usable, method = "radix")
  if (!anyNA(code) && length(usable)) usable <- setdiff(usable, commonest(code))
  sapply(usable, function(name) as.numeric(!is.na(code) & code == name))
}
commonest <- function(code) {
  names <- sort(unique(code), method = "radix")
  names[which.max(tabulate(match(code, names)))]
}
covariates <- function(d) {
  d$category[is.na(d$category)] <- ""
  crossed <- ifelse(d$agency_type == commonest(d$agency_type), NA, paste(d$agency_type, d$category))
  mains <- matrix(unlist(columns(d$category)), nrow(d))
  for (x in list(cbind(mains, matrix(unlist(columns(crossed)), nrow(d))), mains)) {
    centred <- apply(x, 2, function(column) column - ave(column, d$agency))
    q <- qr(matrix(centred, nrow(d)), tol = 1e-7)
    used <- q$pivot[seq_len(q$rank)]
    if (nrow(d) - length(unique(d$agency)) - length(used) >= 5) return(x[, used, drop = FALSE])
  }
  mains[, 0, drop = FALSE]
}

# Coefficients that solve the sum of a (y - z'b) z = 0, the agencies' intercepts taken out.
by_agency <- function(column, d) { sums <- rowsum(column, d$agency); sums[match(d$agency, rownames(sums)), , drop = FALSE] }
solved <- function(a, x, d) {
  s <- drop(by_agency(a, d))
  centred <- x - by_agency(a * x, d) / s
  middle <- drop(by_agency(a * d$direct, d)) / s
  inverse <- if (ncol(x)) solve(crossprod(centred, a * centred)) else matrix(0, 0, 0)
  fitted <- middle + drop(centred %*% (inverse %*% crossprod(centred, a * (d$direct - middle))))
  list(a = a, s = s, centred = centred, inverse = inverse, fitted = fitted,
    leverage = 1 / s + rowSums((centred %*% inverse) * centred))
}
# The variance between areas, by restricted maximum likelihood; where that is zero, the adjusted one.
between <- function(x, d) {
  score <- function(v) {
    e <- solved(1 / (d$variance + v), x, d)
    sum(e$a) - sum(e$a^2 * (e$leverage + (d$direct - e$fitted)^2))
  }
  most <- 1e4 * median(d$variance)
  if (score(0) < 0) uniroot(score, c(0, most), tol = 1e-12)$root
  else uniroot(function(v) score(v) - 2 / v, c(1e-4 * median(d$variance), most), tol = 1e-12)$root
}
information <- function(a, f, g, d) {
  s <- drop(rowsum(a, d$agency))
  sum(a^2 * f * g) - sum(2 * rowsum(a^3 * f * g, d$agency) / s) +
    sum(rowsum(a^2 * f, d$agency) * rowsum(a^2 * g, d$agency) / s^2)
}

# Scores and errors (M33 to M35).
remade <- function(d) {
  d$r_score <- d$direct; d$r_se <- d$se; d$r_area_variance <- NA
  if (d$model[1] == "direct") return(d)
  x <- covariates(d); one <- rep(1, nrow(d))
  unit <- d$model[1] == "unit-level"
  v <- if (unit) d$area_variance[1] else between(x, d)  # people's answers are not public
  total <- v + d$variance
  doubt <- d$unseen * d$variance / total
  e <- solved(if (unit) d$share * d$variance / total else 1 / total, x, d)
  if (unit) {
    p <- d$person_variance[1]; a <- 1 / (v + p / d$n)
    ve <- information(a, one, 1 / d$n, d)
    both <- matrix(c(information(a, one, one, d), ve, ve, information(a, 1 / d$n, 1 / d$n, d) + (sum(d$n) - nrow(d)) / p^2), 2)
    spread <- 2 * solve(both)
    first <- -d$unseen * d$variance / total^2; second <- d$unseen * v * d$variance / p / total^2
    g3 <- (first^2 * spread[1, 1] + second^2 * spread[2, 2] + 2 * first * second * spread[1, 2]) * total
    g4 <- 0
  } else {
    g3 <- d$unseen^2 * d$variance^2 / total^3 * 2 / information(1 / total, one, one, d)
    g4 <- d$unseen^2 * v^2 / total^3 * 2 * d$variance^2 / d$variance_df
  }
  scores <- d$direct - doubt * (d$direct - e$fitted)
  square <- e$a^2 * total
  level <- drop(by_agency(square, d)) / e$s^2
  cross <- (by_agency(square * e$centred, d) / e$s) %*% e$inverse
  slopes <- e$inverse %*% crossprod(e$centred, square * e$centred) %*% e$inverse
  of_fit <- function(l, w) l^2 * level + 2 * l * rowSums(w * cross) + rowSums((w %*% slopes) * w)
  mse <- (1 - doubt) * d$unseen * d$variance + 2 * g3 + 2 * g4 + of_fit(doubt, doubt * e$centred)
  part <- d$share * doubt
  l <- drop(by_agency(part, d)); w <- by_agency(part * e$centred, d)
  weighed <- part * e$a * total
  shared <- l * drop(by_agency(weighed, d)) / e$s + rowSums(w * (by_agency(weighed * e$centred, d) %*% e$inverse))
  shift <- pmax(drop(by_agency(part^2 * total, d)) + of_fit(l, w) - 2 * shared, 0)
  d$r_score <- pmin(pmax(scores + drop(by_agency(d$share * (d$direct - scores), d)), 0), 100)
  d$r_se <- sqrt(mse + shift)
  d$r_area_variance <- v
  d
}
made <- do.call(rbind, lapply(split(all, list(all$group, all$target), drop = TRUE), remade))
for (part in split(made, list(made$group, made$target), drop = TRUE)) {
  cat(sprintf("%s %s: %s, %d areas; largest difference of scores %.2g, of standard errors %.2g, of the variance between areas %.2g\n",
    part$group[1], part$target[1], part$model[1], nrow(part), max(abs(part$r_score - part$score)),
    max(abs(part$r_se - part$score_se)), max(c(0, abs(part$r_area_variance - part$area_variance)), na.rm = TRUE)))
}
if (length(words) > 1) write.csv(made, words[2], row.names = FALSE)
