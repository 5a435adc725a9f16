# Prints what metafor finds on datasets of metadat, as JSON. Tolerances are tightened: the defaults are too loose
# for a comparison to nine digits (Paule-Mandel on BCG: 0.318094 by default, 0.318068 at the root).
suppressMessages({library(metafor); library(metadat)})
tight <- list(threshold = 1e-13, tol = 1e-14, maxiter = 10000)
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
normand <- escalc(measure = "SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i,
                  data = dat.normand1999)
hine <- escalc(measure = "RD", n1i = n1i, n2i = n2i, ai = ai, ci = ci, data = dat.hine1989)
sets <- list(bcg = bcg, normand1999 = normand, hine1989 = hine, raudenbush1985 = dat.raudenbush1985,
             hackshaw1998 = dat.hackshaw1998, bangertdrowns2004 = dat.bangertdrowns2004)
cells <- function(set, method, test) {
  m <- rma(yi, vi, data = set, method = method, test = test, control = tight)
  p <- predict(m)
  ci <- if (method == "REML") confint(m, control = list(tol = 1e-13))$random[1, 2:3] else c(NA, NA)
  c(m$tau2, m$b, m$se, m$ci.lb, m$ci.ub, m$pval, p$pi.lb, p$pi.ub, m$I2, m$QE, m$QEp, ci)
}
number <- function(x) paste0("[", paste(ifelse(is.na(x), "null", sprintf("%.17g", x)), collapse = ","), "]")
out <- c()
for (name in names(sets)) {
  set <- sets[[name]]
  fits <- c()
  for (method in c("DL", "HE", "PM", "ML", "REML")) for (test in c("z", "knha")) {
    fits <- c(fits, sprintf('"%s %s":%s', method, test, number(cells(set, method, test))))
  }
  out <- c(out, sprintf('"%s":{"yi":%s,"vi":%s,%s}', name, number(as.numeric(set$yi)), number(as.numeric(set$vi)),
                        paste(fits, collapse = ",")))
}
k <- dat.konstantopoulos2011
m <- rma.mv(yi, vi, random = ~ 1 | district/school, data = k)
r <- if (requireNamespace("clubSandwich", quietly = TRUE))
  robust(m, cluster = k$district, clubSandwich = TRUE) else list(se = NA, dfs = NA, pval = NA)
out <- c(out, sprintf('"konstantopoulos2011":{"yi":%s,"vi":%s,"district":%s,"school":%s,"fit":%s,"robust":%s}',
                      number(k$yi), number(k$vi), number(k$district), number(k$school),
                      number(c(m$b, m$se, m$sigma2, logLik(m), m$QE)), number(c(r$se, r$dfs, r$pval))))
g <- rma(yi, vi, mods = ~ ablat, data = bcg, method = "REML", control = tight)
out <- c(out, sprintf('"regression":{"yi":%s,"vi":%s,"ablat":%s,"fit":%s}', number(as.numeric(bcg$yi)),
                      number(as.numeric(bcg$vi)), number(bcg$ablat), number(c(g$tau2, g$b, g$se))))
h <- rma(yi, vi, mods = ~ ablat, data = bcg, method = "REML", test = "knha", control = tight)
out <- c(out, sprintf('"regression_knha":{"b":%s,"se":%s,"low":%s,"high":%s,"p":%s}', number(h$b), number(h$se),
                      number(h$ci.lb), number(h$ci.ub), number(h$pval)))
version <- function(package) as.character(packageVersion(package))
sandwich <- if (requireNamespace("clubSandwich", quietly = TRUE)) version("clubSandwich") else "none"
made <- sprintf('"made_with":{"call":"Rscript metafor.R","R":"%s","metafor":"%s","metadat":"%s","clubSandwich":"%s"}',
                getRversion(), version("metafor"), version("metadat"), sandwich)
out <- c(made, out)
cat("{", paste(out, collapse = ",\n"), "}\n", sep = "")
