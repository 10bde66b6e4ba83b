# Components of variance by restricted maximum likelihood, as nlme (R 4.2.2, nlme 3.1-162) has
# them on two public sets. Run from the folder that holds the data:
#   Rscript components.R > components.csv
suppressMessages(library(nlme))
data(IGF, package = "nlme")
one <- lme(conc ~ 1, random = ~ 1 | Lot, data = data.frame(IGF), method = "REML")
load("gtools_elisa/ELISA.rda")
quality <- subset(ELISA, Description == "Quality Control Samples" & Read == 1)
quality$level <- factor(quality$Concentration)
two <- lme(log(Signal) ~ level, random = ~ 1 | PlateDay / level, data = quality, method = "REML",
           control = lmeControl(opt = "optim", msTol = 1e-12, tolerance = 1e-10))
cat("set,component,variance\n")
s <- one$sigma^2
cat("igf,lot,", sprintf("%.8g", getVarCov(one)[1, 1]), "\n", sep = "")
cat("igf,wells,", sprintf("%.8g", s), "\n", sep = "")
# VarCorr rounds: take the variances from the fitted structure itself
parts <- lapply(two$modelStruct$reStruct, function(m) as.matrix(m)[1, 1] * two$sigma^2)
cat("gtools,plate,", sprintf("%.8g", parts$PlateDay), "\n", sep = "")
cat("gtools,cell,", sprintf("%.8g", parts$level), "\n", sep = "")
cat("gtools,wells,", sprintf("%.8g", two$sigma^2), "\n", sep = "")
