# What kinfitr's srtm() says of its own simulated reference scans (R 4.2.2, minpack.lm 1.2-2):
#   Rscript kinfitr_srtm.R FOLDER_OF_DATA [FILE_WITH_SRTM] > kinfitr_srtm.csv
# FILE_WITH_SRTM defines srtm() as kinfitr 0.6 and later does; without it the installed package
# is taken. Starting values, limits and the grid of 1024 points are its defaults.
given <- commandArgs(TRUE)
if (length(given) > 1) source(given[2]) else library(kinfitr)
load(file.path(given[1], "kinfitr_pet/simref.RData"))
cat("scan,region,weighting,BP_ND,R1,k2,se_BP_ND,se_R1,se_k2\n")
for (i in seq_len(nrow(simref))) {
  curves <- simref$tacs[[i]]
  for (region in grep("^ROI", names(curves), value = TRUE)) {
    for (weighting in c("file", "equal")) {
      weights <- if (weighting == "file") curves$Weights else rep(1, nrow(curves))
      fit <- srtm(curves$Times, curves$Reference, curves[[region]], weights = weights)
      found <- summary(fit$fit)$coefficients[c("bp", "R1", "k2"), ]
      numbers <- sprintf("%.7g", c(found[, 1], found[, 2]))
      cat(simref$PET[i], region, weighting, paste(numbers, collapse = ","), sep = ",")
      cat("\n")
    }
  }
}
