/*
statement: Each awarding organisation that sends feeds, being one whose registrations are held.
grain: awarding_organisation_rn
*/
SELECT DISTINCT awarding_organisation_rn
FROM standardised.ao_registrations
