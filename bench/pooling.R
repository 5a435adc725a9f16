# Fits rma() to every line of the file named first (yi then vi), writes tau2, b, se, converged; prints CPU seconds.
suppressMessages(library(metafor))
args <- commandArgs(trailingOnly = TRUE)
rows <- as.matrix(read.csv(args[1], header = FALSE))
k <- ncol(rows) / 2
control <- if (args[3] == "tight") list(threshold = 1e-12, maxiter = 10000) else list()
out <- matrix(NA_real_, nrow(rows), 4)
start <- proc.time()
for (i in seq_len(nrow(rows))) {
  m <- tryCatch(rma(rows[i, 1:k], rows[i, k + 1:k], method = "REML", test = "knha", control = control),
                error = function(e) NULL)
  out[i, ] <- if (is.null(m)) c(NA, NA, NA, 0) else c(m$tau2, m$b, m$se, 1)
}
used <- proc.time() - start
write.table(format(out, digits = 17), args[2], sep = ",", quote = FALSE, row.names = FALSE, col.names = FALSE)
cat(sprintf("%.3f\n", used[["user.self"]] + used[["sys.self"]]))
