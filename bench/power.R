# Rscript power.R DATA.csv RUNS : seconds per simulated trial by an lme4 refit loop with lmerTest's Satterthwaite
suppressMessages({library(lme4); library(lmerTest)})
args <- commandArgs(trailingOnly = TRUE)
data <- read.csv(args[1]); runs <- as.integer(args[2])
fit <- suppressMessages(lmerTest::lmer(y ~ treat * time + (1 | team) + (1 | person), data))
plain <- suppressMessages(lme4::lmer(y ~ treat * time + (1 | team) + (1 | person), data))
took <- system.time(for (i in seq_len(runs)) suppressMessages(refit(plain, simulate(plain)[[1]])))["elapsed"]
cat("refit", took / runs, "\n")
took <- system.time(for (i in seq_len(runs)) {
  data$y <- simulate(plain)[[1]]
  coef(summary(suppressMessages(lmerTest::lmer(y ~ treat * time + (1 | team) + (1 | person), data))))
})["elapsed"]
cat("lmertest", took / runs, "\n")
