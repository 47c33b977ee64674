// The page, section by section.
verdictSection();
worldSection();
timelineSection();
latencySection();
phasesSection();
costsSection();
faultsSection();
availabilitySection();
estimatorsSection();
optionalSections();
circleSection();
diagramsSection();
scenarioSection();
