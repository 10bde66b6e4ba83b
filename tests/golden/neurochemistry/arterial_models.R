# Fits of one and two tissue compartments and Logan plots to the test-retest scans of [11C]PBR28
# in kinfitr's public data (Matheson, MIT), by minpack.lm, for comparison.
#
#   Rscript arterial_models.R FOLDER > arterial_models.csv
#
# FOLDER holds pbr28_tacdata.csv and pbr28_blooddata.csv. The input is straight between the
# samples; delays are given (min, the blood later than the region). Curves are summed on a grid of
# 0.25 s by the trapezoid rule, not convolved exactly, and averaged over frames.
suppressMessages(library(minpack.lm))
folder <- commandArgs(trailingOnly = TRUE)[1]
tacs <- read.csv(file.path(folder, "pbr28_tacdata.csv"))
bloods <- read.csv(file.path(folder, "pbr28_blooddata.csv"))
delays <- c(rwrd_1 = 0.14, rwrd_2 = 0.12, flfp_1 = -0.02, flfp_2 = 0, jdcs_1 = -0.26,
            jdcs_2 = 0.08, cgyu_1 = -0.01, cgyu_2 = -0.09, kzcp_1 = -0.28, kzcp_2 = -0.10)
step <- 1 / 240

running <- function(x) c(0, cumsum((x[-1] + x[-length(x)]) / 2 * step))
faded <- function(x, rate) {
  e <- exp(-rate * step)
  y <- as.numeric(stats::filter(step / 2 * (c(0, x[-length(x)]) * e + x), e, method = "recursive"))
  y - y[1] * e^(seq_along(x) - 1)
}
framed <- function(x, starts, ends) {
  area <- approxfun((seq_along(x) - 1) * step, running(x), rule = 2)
  (area(ends) - area(starts)) / (ends - starts)
}

cat("scan,region,v_t_one,left_one,v_t_two,k1_two,left_two,v_t_logan\n")
for (scan in names(delays)) {
  tac <- tacs[tacs$PET == scan & tacs$Duration > 0, ]
  blood <- bloods[bloods$PET == scan, ]
  starts <- tac$StartTime / 60
  ends <- starts + tac$Duration / 60
  grid <- seq(0, max(ends) + 0.1, by = step)
  at <- function(y) approx(blood$Time / 60, y, grid + delays[[scan]], rule = 2)$y *
    (grid + delays[[scan]] >= 0)
  plasma <- at(blood$Cpl_metabcorr)
  whole <- framed(at(blood$Cbl_dispcorr), starts, ends)
  for (region in c("FC", "TC", "STR", "THA", "WB", "CBL")) {
    activity <- tac[[region]]
    used <- tac$Weights > 0
    root <- sqrt(tac$Weights[used])
    one <- function(p) (1 - p[3]) * p[1] * framed(faded(plasma, p[2]), starts, ends) + p[3] * whole
    two <- function(p) {
      d <- sqrt((p[2] + p[3] + p[4])^2 - 4 * p[2] * p[4])
      a <- (p[2] + p[3] + p[4] + d) / 2
      b <- (p[2] + p[3] + p[4] - d) / 2
      fast <- p[1] * (a - p[3] - p[4]) / d
      slow <- p[1] * (p[3] + p[4] - b) / d
      (1 - p[5]) * (fast * framed(faded(plasma, a), starts, ends) +
        slow * framed(faded(plasma, b), starts, ends)) + p[5] * whole
    }
    off <- function(model) function(p) (activity - model(p))[used] * root
    control <- nls.lm.control(maxiter = 200, ftol = 1e-12, ptol = 1e-12)
    fit <- nls.lm(c(0.1, 0.05, 0.05), c(1e-4, 1e-4, 0), c(2, 2, 0.5), off(one), control = control)
    best <- NULL
    for (start in list(c(0.1, 0.1, 0.1, 0.04, 0.05), c(0.2, 0.2, 0.15, 0.05, 0.05),
                       c(0.1, 0.06, 0.03, 0.03, 0.05))) {
      tried <- nls.lm(start, rep(1e-4, 5) * c(1, 1, 1, 1, 0), c(2, 2, 2, 2, 0.5), off(two),
                      control = control)
      if (is.null(best) || deviance(tried) < deviance(best)) best <- tried
    }
    p <- coef(fit)
    q <- coef(best)
    late <- ends > 0 & starts >= 45
    middles <- (starts + ends) / 2
    area <- cumsum(activity * (ends - starts)) - activity * (ends - starts) / 2
    input <- approx(grid, running(plasma), middles)$y
    logan <- lm(I(area / activity)[late] ~ I(input / activity)[late], weights = tac$Weights[late])
    cat(sprintf("%s,%s,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g\n", scan, region, p[1] / p[2], deviance(fit),
                q[1] / q[2] * (1 + q[3] / q[4]), q[1], deviance(best), coef(logan)[[2]]))
  }
}
