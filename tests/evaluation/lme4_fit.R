# Rscript lme4_fit.R DATA.csv FORMULA reml|ml [dataset:package]
# Fits with tight tolerances and prints "name value value ..." lines with 17 digits.
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest)})
args <- commandArgs(trailingOnly = TRUE)
if (length(args) > 3) {
  data <- get(data(list = args[4], package = args[5]))
  data$g_dummy <- NULL
} else data <- read.csv(args[1], stringsAsFactors = TRUE)
control <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE, optCtrl = list(rhoend = 1e-11, maxfun = 100000),
                       check.conv.singular = "ignore")
fit <- suppressMessages(lmerTest::lmer(as.formula(args[2]), data, REML = args[3] == "reml", control = control))
out <- function(name, x) cat(name, sprintf("%.17g", as.numeric(x)), "\n")
out("loglik", logLik(fit)); out("beta", fixef(fit)); out("se", sqrt(diag(as.matrix(vcov(fit)))))
for (g in names(VarCorr(fit))) out(paste0("vc:", g), as.matrix(VarCorr(fit)[[g]]))
out("sigma2", sigma(fit)^2)
out("satterthwaite", coef(summary(fit))[, "df"])
if (args[3] == "reml") {
  adjusted <- vcovAdj(fit)
  out("kr_se", sqrt(diag(as.matrix(adjusted))))
  p <- length(fixef(fit))
  out("kr_df", sapply(seq_len(p), function(i) { e <- rep(0, p); e[i] <- 1; Lb_ddf(e, as.matrix(vcov(fit)), adjusted) }))
  if (p > 2) {
    L <- diag(p)[-1, , drop = FALSE]
    out("kr_f", unlist(KRmodcomp(fit, L)$test["Ftest", c("stat", "ndf", "ddf", "p.value")]))
    joint <- contest(fit, L, joint = TRUE)
    out("satt_f", unlist(joint[, c("F value", "NumDF", "DenDF", "Pr(>F)")]))
  }
}
if (length(args) > 3) write.csv(data, args[1], row.names = FALSE)
