/*
statement: >-
  Which qualification an applicant who expects a result means can be told from the number or the title declared, and the
  two name the same one.
population: pending_declarations
subject: personal_id, declared_number
owner: awarding_organisation
shared_with: centre
severity: delays_award
authority:
  title: UCAS, Processing results from awarding bodies
  address: https://www.ucas.com/providers/services/news/processing-results-awarding-bodies
  clause: results are matched to qualifications on the application; flag contract, point 1
action: Ask the centre which qualification is meant, and have the application corrected.
reasons:
  no_candidate: No qualification is known by the number or the title declared.
  several_candidates: Several qualifications may be meant by the title declared.
  number_and_title_disagree: The number declared is that of another qualification than the title names.
detail: >-
  The applicant expects a result from {awarding_organisation_rn} for {declared}; {problem}.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.1
hard_limit: 0.5
limits_reason: >-
  A judgement, not an official figure; applicants write titles as they please, so only more than one declaration in two
  points to a missing or old delivery of qualifications.
evidence:
  declaration: ucas_qualifications
values: declared_qualification_number, declared_title, listed
*/
-- Suggestions are named so that somebody can decide; they are no candidates. A known number decides what is meant, and the
-- title that disagrees is shown beside it (flag contract, point 1). It can be put right until results go to UCAS: for the
-- qualification meant, else for the first that may be meant, else for the organisation's first.
WITH unresolved AS (
    SELECT
        declaration.personal_id,
        declaration.declared_number,
        declaration.asked_centre_number,
        declaration.awarding_organisation_rn,
        declaration.qualification_number,
        declaration.learner_id,
        declared.qualification_number AS declared_qualification_number,
        declared.title AS declared_title,
        CASE WHEN meaning.number_and_title_disagree THEN 'number_and_title_disagree' ELSE meaning.resolution END
            AS reason,
        declaration.delivery_id,
        declaration.line
    FROM reconciled.pending_declarations AS declaration
    INNER JOIN standardised.ucas_qualifications AS declared
        ON
            declaration.personal_id = declared.personal_id
            AND declaration.declared_number = declared.declared_number
    INNER JOIN linked.declared_qualifications AS meaning
        ON
            declaration.personal_id = meaning.personal_id
            AND declaration.declared_number = meaning.declared_number
    WHERE declaration.qualification_number IS NULL OR meaning.number_and_title_disagree
),

last_day AS (
    SELECT
        awarding_organisation_rn,
        qualification_number,
        CAST(falls_on AS DATE) AS act_by,
        MIN(CAST(falls_on AS DATE)) OVER (PARTITION BY awarding_organisation_rn) AS of_organisation,
        ROW_NUMBER() OVER (PARTITION BY awarding_organisation_rn ORDER BY qualification_number) AS place
    FROM reconciled.cycle_dates
    WHERE event = 'results_to_ucas'
)

SELECT
    unresolved.personal_id,
    unresolved.declared_number,
    unresolved.asked_centre_number AS centre_number,
    unresolved.awarding_organisation_rn,
    unresolved.qualification_number,
    unresolved.learner_id,
    'raised' AS outcome,
    unresolved.reason,
    COALESCE(of_meant.act_by, listed.act_by, of_any.of_organisation) AS act_by,
    unresolved.declared_qualification_number,
    unresolved.declared_title,
    COALESCE(listed.listed, 0) AS listed,
    CONCAT_WS(' and ', unresolved.declared_title, unresolved.declared_qualification_number) AS declared,
    CASE
        WHEN unresolved.reason = 'number_and_title_disagree'
            THEN CONCAT('the number is that of ', meant.title, ', while the title may mean ', listed.named)
        WHEN unresolved.reason = 'several_candidates'
            THEN CONCAT('which is meant cannot be told, it may be each of ', listed.listed, ': ', listed.named)
        WHEN listed.listed > 0
            THEN CONCAT('no qualification is known by this, perhaps one of these is meant: ', listed.named)
        ELSE 'no qualification is known by this'
    END AS problem,
    unresolved.delivery_id AS declaration_delivery_id,
    unresolved.line AS declaration_line
FROM unresolved
LEFT JOIN reconciled.listed_candidates AS listed
    ON
        unresolved.personal_id = listed.personal_id
        AND unresolved.declared_number = listed.declared_number
LEFT JOIN standardised.qualifications AS meant ON unresolved.qualification_number = meant.qualification_number
LEFT JOIN last_day AS of_meant
    ON
        unresolved.qualification_number = of_meant.qualification_number
        AND unresolved.awarding_organisation_rn = of_meant.awarding_organisation_rn
LEFT JOIN last_day AS of_any
    ON unresolved.awarding_organisation_rn = of_any.awarding_organisation_rn AND of_any.place = 1
