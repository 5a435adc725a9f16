# Rscript power.R DATA.csv RUNS : seconds per simulated trial by lme4's refit loop, by a loop with lmerTest's
# Satterthwaite, and by simr's powerSim with its z test where R finds simr (on CRAN; R_LIBS may say where it is);
# those that end in _cpu are of computing
suppressMessages({library(lme4); library(lmerTest)})
args <- commandArgs(trailingOnly = TRUE)
data <- read.csv(args[1]); runs <- as.integer(args[2])
plain <- suppressMessages(lme4::lmer(y ~ treat * time + (1 | team) + (1 | person), data))
say <- function(name, work) {
  took <- system.time(work)
  cat(name, took[["elapsed"]] / runs, "\n")
  cat(paste0(name, "_cpu"), (took[["user.self"]] + took[["sys.self"]]) / runs, "\n")
}
say("refit", for (i in seq_len(runs)) suppressMessages(refit(plain, simulate(plain)[[1]])))
say("lmertest", for (i in seq_len(runs)) {
  data$y <- simulate(plain)[[1]]
  coef(summary(suppressMessages(lmerTest::lmer(y ~ treat * time + (1 | team) + (1 | person), data))))
})
if (suppressWarnings(suppressMessages(require(simr, quietly = TRUE))))
  say("simr", suppressMessages(powerSim(plain, fixed("treat:time", "z"), nsim = runs, progress = FALSE)))
