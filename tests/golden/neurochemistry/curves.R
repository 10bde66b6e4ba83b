# The fits of R to public plates: Rscript curves.R FOLDER_OF_DATA > curves.csv
#
# 4PL: nls(density ~ SSfpl(log(conc), ...)), as the documentation of DNase does it; where a
# standard of zero stops SSfpl (its logarithm is minus infinity and the gradient not a number),
# nls with the same curve written out, begun at SSfpl's fit to the other standards ("SSfpl" is
# then FALSE). Weights follow the fitted curve until both stay; responses fainter than a
# hundredth of the strongest weigh no more than that. "power": nlme::gnls with varPower.
# 5PL: minpack.lm::nlsLM; left out where its asymmetry or its upper plateau runs off, which the
# standards then do not tell. R 4.2.2, nlme and minpack.lm of the same distribution.
suppressMessages({ library(minpack.lm); library(nlme) })
folder <- commandArgs(TRUE)[1]
FAINT <- 0.01

dnase <- read.csv(file.path(folder, "r_dnase_elisa/DNase.csv"))
sets <- lapply(split(dnase, dnase$Run), function(d) data.frame(x = d$conc, y = d$density))
names(sets) <- paste("DNase", names(sets))

load(file.path(folder, "gtools_elisa/ELISA.rda"))
known <- subset(ELISA, Description %in% c("Standard", "BLANK"))
for (one in split(known, list(known$PlateDay, known$Read)))
  sets[[paste("gtools", one$PlateDay[1], "read", one$Read[1])]] <-
    data.frame(x = one$Concentration, y = one$Signal)

amounts <- c(3000, 1500, 750, 375, 187.5, 93.75, 46.875, 0)
for (file in c("Assay_2.txt", "Assay_3_and_4.txt")) {
  lines <- readLines(file.path(folder, "elisatools_plates", file), encoding = "latin1")
  blocks <- grep("^Plate:", lines, useBytes = TRUE)
  for (at in blocks) {
    wells <- strsplit(lines[at + 1], "\t", useBytes = TRUE)[[1]][-(1:2)][1:96]
    read <- function(line) as.numeric(strsplit(lines[line], "\t")[[1]][-(1:2)][1:96])
    net <- read(at + 2) - read(at + 4)
    name <- paste("block", match(at, blocks))
    column <- as.integer(sub("^[A-H]", "", wells)); row <- match(substr(wells, 1, 1), LETTERS)
    some <- column <= 3
    sets[[paste("ELISAtools", sub(".txt", "", file), name)]] <-
      data.frame(x = amounts[row[some]], y = net[some])
  }
}

curve4 <- function(x, A, B, xmid, scal) A + (B - A) / (1 + exp((xmid - log(x)) / scal))
curve5 <- function(x, A, B, lc, lb, lg)
  B + (A - B) * exp(-exp(lg) * log1p(exp(exp(lb) * (log(x) - lc))))
tight <- nls.control(maxiter = 500, tol = 1e-6, minFactor = 1e-12)

four <- function(d, w, start) {
  d$w <- w
  if (all(d$x > 0)) {
    found <- try(if (is.null(start)) nls(y ~ SSfpl(log(x), A, B, xmid, scal), d, weights = w, control = tight)
                 else nls(y ~ SSfpl(log(x), A, B, xmid, scal), d, weights = w, start = start, control = tight),
                 silent = TRUE)
    if (!inherits(found, "try-error")) return(list(fit = found, ss = TRUE))
  }
  if (is.null(start)) {
    some <- try(nls(y ~ SSfpl(log(x), A, B, xmid, scal), subset(d, x > 0)), silent = TRUE)
    if (inherits(some, "try-error"))
      some <- nlsLM(y ~ curve4(x, A, B, xmid, scal), d,
                    start = list(A = min(d$y), B = 2 * max(d$y), xmid = log(max(d$x)), scal = 1))
    start <- as.list(coef(some))
  }
  list(fit = nlsLM(y ~ curve4(x, A, B, xmid, scal), d, weights = w, start = start,
                   control = nls.lm.control(ftol = 1e-15, ptol = 1e-15, maxiter = 1000)), ss = FALSE)
}

weighted <- function(d, power, fitter) {
  w <- rep(1, nrow(d)); start <- NULL
  for (round in 1:100) {
    found <- fitter(d, w, start)
    new <- as.list(coef(found$fit))
    if (power == 0) break
    mu <- abs(fitted(found$fit))
    size <- pmax(mu, FAINT * max(mu))
    if (!is.null(start) && max(abs(unlist(new) - unlist(start)) / (abs(unlist(new)) + 1e-9)) < 1e-9) break
    w <- size^(-2 * power); start <- new
  }
  found
}

five <- function(d, w, start) {
  d$w <- w
  best <- NULL
  four0 <- coef(weighted(d, 0, four)$fit)
  starts <- if (is.null(start)) lapply(c(-1, 0, 1, 2), function(lg)
    list(A = four0[["A"]], B = four0[["B"]], lc = four0[["xmid"]] + lg * four0[["scal"]], lb = -log(four0[["scal"]]), lg = lg))
    else list(start)
  for (s in starts) {
    one <- try(nlsLM(y ~ curve5(x, A, B, lc, lb, lg), d, weights = w, start = s,
                     control = nls.lm.control(ftol = 1e-15, ptol = 1e-15, maxiter = 1000)), silent = TRUE)
    if (!inherits(one, "try-error") && (is.null(best) || deviance(one) < deviance(best))) best <- one
  }
  list(fit = best, ss = FALSE)
}

cat("set,shape,weighting,SSfpl,parameter,value,se\n")
write_fit <- function(name, shape, weighting, ss, values, errors, more) {
  all <- c(values, more)
  se <- c(errors, rep(NA, length(more)))
  for (k in seq_along(all))
    cat(sprintf("%s,%s,%s,%s,%s,%.10g,%.10g\n", name, shape, weighting, ss, names(all)[k], all[k], se[k]))
}
powers <- c("equal" = 0, "1/y" = 0.5, "1/y2" = 1)
for (name in names(sets)) for (weighting in names(powers)) {
  d <- sets[[name]]
  found <- try(weighted(d, powers[[weighting]], four), silent = TRUE)
  if (inherits(found, "try-error")) { message(name, " 4PL ", weighting, ": ", found) } else {
    s <- summary(found$fit)
    write_fit(name, "4PL", weighting, found$ss, s$parameters[, 1], s$parameters[, 2], c(sigma = s$sigma))
  }
  found <- try(weighted(d, powers[[weighting]], five), silent = TRUE)
  if (inherits(found, "try-error") || is.null(found$fit)) { message(name, " 5PL ", weighting, ": ", found); next }
  s <- try(summary(found$fit), silent = TRUE)
  if (inherits(s, "try-error")) { message(name, " 5PL ", weighting, " no standard errors"); next }
  v <- coef(found$fit)
  middle <- v[["lc"]] + log(expm1(log(2) / exp(v[["lg"]]))) / exp(v[["lb"]])
  if (abs(v[["lg"]]) > log(50) || middle > log(10 * max(d$x))) {
    message(name, " 5PL ", weighting, " has no plateau")
    next
  }
  write_fit(name, "5PL", weighting, FALSE, s$parameters[, 1], s$parameters[, 2], c(sigma = s$sigma))
}
for (name in grep("DNase", names(sets), value = TRUE)) {
  d <- sets[[name]]
  start <- coef(weighted(d, 0.5, four)$fit)
  found <- try(gnls(y ~ SSfpl(log(x), A, B, xmid, scal), d, start = start, weights = varPower(),
    control = gnlsControl(tolerance = 1e-9, nlsTol = 1e-9, maxIter = 500, nlsMaxIter = 100)), silent = TRUE)
  if (inherits(found, "try-error")) { message(name, " power: ", found); next }
  write_fit(name, "4PL", "power", TRUE, coef(found), sqrt(diag(vcov(found))),
    c(power = as.numeric(coef(found$modelStruct$varStruct)), faintest = min(abs(fitted(found))) / max(abs(fitted(found)))))
}
