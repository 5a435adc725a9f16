# Rscript mixed_model.R DATA.csv MODEL RUNS : median seconds of an lme4 fit (elapsed, and of computing), the peak of
# memory in GB, the log-likelihood; with "kr", pbkrtest's
suppressMessages(library(lme4))
args <- commandArgs(trailingOnly = TRUE)
data <- read.csv(args[1])
formulas <- list(two = y ~ treat * time + (1 | team) + (1 | person),
                 three = y ~ treat * time + (1 | institution) + (1 | team) + (1 | person),
                 slope = y ~ treat * time + (1 | team) + (time | person))
formulas$kr <- formulas$two
control <- lmerControl(check.conv.singular = "ignore", calc.derivs = FALSE)
took <- sapply(seq_len(as.integer(args[3])), function(i)
  system.time(fit <<- lmer(formulas[[args[2]]], data, control = control)))
peak <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
cat("peak", as.numeric(gsub("[^0-9]", "", peak)) / 2^20, "\ncpu", median(took["user.self", ] + took["sys.self", ]), "\n")
cat("seconds", median(took["elapsed", ]), "\nloglik", sprintf("%.12g", as.numeric(logLik(fit))), "\n")
if (args[2] == "kr") {
  suppressMessages(library(pbkrtest))
  took <- system.time({ V <- vcovAdj(fit); df <- Lb_ddf(c(0, 0, 0, 1), as.matrix(vcov(fit)), V) })["elapsed"]
  cat("kr_seconds", took, "\nkr_df", sprintf("%.12g", df), "\n")
}
