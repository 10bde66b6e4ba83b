# Components of variance by restricted maximum likelihood: Rscript components.R FOLDER_OF_DATA > components.csv
#
# nlme::lme (R 4.2.2, nlme 3.1-162) on two public sets: one-way (IGF by lot) and nested (gtools: log signal
# of the quality controls, level as a mean of its own, plate and level on plate at random).
suppressMessages(library(nlme))
folder <- commandArgs(TRUE)[1]
data(IGF, package = "nlme")
one <- lme(conc ~ 1, random = ~ 1 | Lot, data = data.frame(IGF), method = "REML")
load(file.path(folder, "gtools_elisa/ELISA.rda"))
quality <- subset(ELISA, Description == "Quality Control Samples" & Read == 1)
quality$level <- factor(quality$Concentration)
two <- lme(log(Signal) ~ level, random = ~ 1 | PlateDay / level, data = quality, method = "REML",
           control = lmeControl(opt = "optim", msTol = 1e-12, tolerance = 1e-10))
cat("set,component,variance\n")
cat("igf,lot,", sprintf("%.8g", getVarCov(one)[1, 1]), "\n", sep = "")
cat("igf,wells,", sprintf("%.8g", one$sigma^2), "\n", sep = "")
# VarCorr rounds: take the variances from the fitted structure itself
parts <- lapply(two$modelStruct$reStruct, function(m) as.matrix(m)[1, 1] * two$sigma^2)
cat("gtools,plate,", sprintf("%.8g", parts$PlateDay), "\n", sep = "")
cat("gtools,cell,", sprintf("%.8g", parts$level), "\n", sep = "")
cat("gtools,wells,", sprintf("%.8g", two$sigma^2), "\n", sep = "")
