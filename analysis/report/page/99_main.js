// The page, section by section.
verdictSection();
worldSection();
timelineSection();
latencySection();
phasesSection();
costsSection();
faultsSection();
optionalSections();
circleSection();
diagramsSection();
scenarioSection();
