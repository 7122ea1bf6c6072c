/*
statement: Each centre number with the number it has now, the centre's name and its contacts.
grain: centre_number
*/
SELECT
    centre.centre_number,
    successor.current_centre_number,
    centre.name,
    centre.exams_officer_email,
    centre.senior_contact_name,
    centre.senior_contact_email,
    centre.senior_contact_phone
FROM standardised.centres AS centre
INNER JOIN linked.centre_successors AS successor ON centre.centre_number = successor.centre_number
