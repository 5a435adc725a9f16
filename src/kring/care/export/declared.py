"""What a client takes along, field by field, and what is kept back and why. An undeclared field fails the suite."""

EXPORTED = {
    "circles.Circle": "id created_at client name phase phase_since on_paper paused_at closed_at place chair every_weeks"
    " channel decided_by version",
    "circles.Step": "id created_at circle key done_by undone_at",
    "circles.PhaseMove": "id created_at circle phase moved_by",
    "circles.Tie": "id created_at circle removed_at zone version name kind ring feeling note nominated_at",
    "circles.Member": "id created_at circle person tie name email role relation on_paper can_do cannot_do joined_at"
    " paused_at ended_at ended_by version",
    "circles.Invitation": "id created_at member invited_by wording way expires_at accepted_at declined_at withdrawn_at",
    "circles.Grant": "id created_at circle topic item_id to_member to_role granted_by revoked_at",
    "circles.Handover": "id created_at circle task to_member until ended_at",
    "circles.GlassBreak": "id created_at circle person reason ends_at",
    "plan.Dream": "id created_at circle removed_at zone version domain chime written_by reached_at dropped_at text",
    "plan.Goal": "id created_at circle removed_at zone version domain chime written_by reached_at dropped_at dream text"
    " with_whom by_when noticed_by",
    "plan.Action": "id created_at circle removed_at zone version goal meeting_id text proposed_by owner owner_is_client"
    " accepted_at approved_at due_on done_at",
    "plan.CrisisPlan": "id created_at circle removed_at zone version helps not_helps card_note written_by",
    "plan.CrisisPhase": "id created_at plan colour signs i_do members_do professionals_do version",
    "plan.CrisisContact": "id created_at plan order name phone when on_card",
    "meetings.Meeting": "id created_at circle removed_at zone version starts_at minutes place chair planned_by sequence"
    " held_at cancelled_at",
    "meetings.DateOption": "id created_at meeting starts_at",
    "meetings.DateAnswer": "id created_at option member by_client answer",
    "meetings.Attendance": "id created_at meeting member reply came mailed_sequence",
    "meetings.AgendaItem": "id created_at meeting order title kind goal notes removed_at version",
    "meetings.Decision": "id created_at meeting agenda_item text written_by removed_at",
    "measures.Schedule": "id created_at circle removed_at zone version instrument respondent member starts_on months"
    " dates proposed_by agreed_at paused_at ended_at told_for reminded_for",
    "measures.Measurement": "id created_at schedule month due_on instrument_version language filled_by answers external"
    " only_me started_at completed_at declined_at removed_at version",
    "measures.Score": "id created_at measurement scale value answered of rule",
    "board.Agreement": "id created_at circle team_name signals ended_at",
    "board.Chosen": "id created_at agreement member notices told ended_at",
    "board.Sign": "id created_at agreement colour wish noticed_by by_client withdrawn_at answered_at answered_by reply",
    "board.Told": "id created_at circle kind before after words day by",
    "measures.LifeFactor": "id created_at circle removed_at zone version kind note lever offered priority solved_at"
    " written_by",
    "research.Consent": "id created_at circle title responsible contact edition_number answer revoked_at way"
    " said_on written_by",
    "training.FeedbackChoice": "id created_at circle person revoked_at",
    "training.Rating": "id created_at circle rater closes_on answered_at withdrawn_at connectedness hope identity"
    " meaning empowerment",
}
"""In the order in which an import writes them: what is pointed at comes first."""

ONLY_OWN = {"training.FeedbackChoice": "person", "training.Rating": "rater"}
"""Of these the client takes along only their own: each other person's are that person's (field: whose it is)."""

LOG = (
    "at", "actor_id", "actor_name", "actor_role", "on_behalf_of_id", "verb", "thing", "thing_id", "fields", "rule",
    "break_glass",
)  # fmt: skip
"""Of each line of the log."""

KEPT_BACK = {
    "audit.Event.id": "a number of this installation",
    "audit.Event.circle_id": "it is the circle of the file",
    "audit.Brought.id": "a number of this installation",
    "audit.Brought.circle_id": "it is the circle of the file",
    "audit.Folded": "unfolded before the file is made: its lines stand in the log",
    "audit.Seal": "fingerprints of this installation's log",
    "audit.Sealed": "fingerprints of this installation's log",
    "people.Person": "accounts are each person's own; the file names people, without their addresses",
    "people.Organisation": "belongs to the institution",
    "people.Team": "belongs to the institution",
    "people.Post": "belongs to the institution",
    "people.Offer": "belongs to the institution",
    "people.SignInLink": "a key, not data",
    "circles.Circle.team": "belongs to the institution; the client links a team anew",
    "circles.Invitation.secret_hash": "a key, not data",
    "circles.Interview": "between two people: the member takes their own along, the client never reads it",
    "meetings.CalendarFeed": "a key, not data",
    "circles.EmergencyCode": "a key, not data",
    "measures.OwnSchedule": "a member's own, about themselves: the client has it only on the page where it is shared",
    "measures.OwnMeasurement": "a member's own, about themselves",
    "measures.OwnScore": "a member's own, about themselves",
    "board.Agreement.team": "belongs to the institution; its name goes along",
    "board.Agreement.entry": "the line is the team's; what it says about the client is in board.Told",
    "board.Category": "belongs to the team",
    "board.Assessment": "about the team, and about no client",
    "board.Figure": "about ten circles or more together, and about no client",
    "board.Entry": "belongs to the team; what it says about a client who agreed to a link is in board.Told",
    "board.Move": "belongs to the team; as board.Entry",
    "board.Visit": "belongs to the team; as board.Entry",
    "measures.LoadedInstrument": "belongs to the institution, by its licence",
    "research.Consent.edition": "the institution's; what was asked by whom stands in the file",
    "research.Consent.team": "belongs to the institution",
    "research.Study": "belongs to the institution",
    "research.Edition": "belongs to the institution",
    "research.Export": "belongs to the institution; the log says when a table was made",
    "research.Included": "the log says in which table one stood",
    **dict.fromkeys(
        [
            "training.Part",
            "training.PartVersion",
            "training.Programme",
            "training.ProgrammeVersion",
            "training.PlacedPart",
            "training.Cohort",
            "training.CohortTeam",
            "training.CohortLead",
            "training.Enrolment",
            "training.Progress",
            "training.ReadinessCheck",
            "training.QuizAttempt",
            "training.QuizAnswer",
            "training.WorkshopSession",
            "training.Attendance",
            "training.Booster",
            "training.BoosterRound",
            "training.BoosterReview",
            "training.Certificate",
            "training.Practice",
            "training.Observation",
            "training.FeedbackNote",
            "training.CoachingContact",
            "training.Coached",
            "training.LearnerChoice",
            "training.StaffScore",
        ],
        "what staff learn is theirs, and says nothing about any client",
    ),
    "training.PracticeCircle": "what staff practise is theirs; it is not about the client",
    "training.Release": "a figure about many people, from which none can be told",
    "training.Rating.practice": "what staff practise is theirs; your answer itself goes along",
    "training.Rating.release": "a figure about many people",
    "training.Rating.spent_at": "only says whether it can still come into a figure here",
}
