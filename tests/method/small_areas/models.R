# Both models of small areas for tests/method/small_areas: lme4, and textbook matrices. Argument: file with y, psi, x, area, agency.
suppressPackageStartupMessages(library(lme4))
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
put <- function(name, values) cat(sprintf('{"name": "%s", "values": [%s]}\n', name, paste(sprintf("%.17g", values), collapse = ", ")))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 1e-3, rhoend = 1e-12, maxfun = 1e5), calc.derivs = FALSE)
# Unit level: an intercept per agency, a covariate of areas.
unit <- lmer(y ~ 0 + factor(agency) + x + (1 | area), d, REML = TRUE, control = tight)
v <- as.data.frame(VarCorr(unit))$vcov
put("unit.variances", v)
put("unit.slope", fixef(unit)["x"])
put("unit.areas", tapply(fitted(unit), d$area, mean))
put("unit.slope_variance", as.matrix(vcov(unit))["x", "x"])
# Area level: variances of direct estimates known. The restricted score with whole matrices; lme4 cannot hold a residual
# variance, and nlme with sigma = 1 ends at zero where each area is one row.
a <- aggregate(cbind(direct, psi, x, agency) ~ area, d, mean)
X <- model.matrix(~ 0 + factor(agency) + x, a)
projection <- function(t) { W <- diag(1 / (a$psi + t)); W - W %*% X %*% solve(t(X) %*% W %*% X, t(X) %*% W) }
score <- function(t) { P <- projection(t); sum(diag(P)) - sum((P %*% a$direct)^2) }
t <- uniroot(score, c(0.01, 200), tol = 1e-13)$root
W <- diag(1 / (a$psi + t))
Q <- solve(t(X) %*% W %*% X)
b <- Q %*% t(X) %*% W %*% a$direct
put("area.variance", t)
put("area.slope", b[nrow(b)])
put("area.slope_variance", Q[nrow(Q), ncol(Q)])
put("area.areas", a$direct - a$psi / (a$psi + t) * (a$direct - X %*% b))
