# Rscript lme4_profile.R DATASET FORMULA DATA.csv : profile intervals, one line per parameter
suppressMessages(library(lme4))
args <- commandArgs(trailingOnly = TRUE)
data <- get(data(list = args[1], package = "lme4"))
fit <- lmer(as.formula(args[2]), data, REML = FALSE)
ci <- suppressMessages(confint(fit, method = "profile", oldNames = FALSE))
for (i in seq_len(nrow(ci))) cat(gsub(" ", "", rownames(ci)[i]), sprintf("%.12g", ci[i, ]), "\n")
write.csv(data, args[3], row.names = FALSE)
