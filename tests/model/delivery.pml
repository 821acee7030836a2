/* The delivery as a model for spin: two workers, a provider, upkeep, events, a person, and a crash at any step.

   Each `atomic` is one transaction of the database. A name in [brackets] is the Python function that a step stands for;
   tests/model/test_model.py checks that it exists. The runner is tests/model/check.py. Each FAULT_… puts a mistake in,
   which spin must find.

   never twice    a message goes on the wire only when no earlier request may have carried it, unless a person released
                  it since, or the provider refused that request for certain; and never when the database was told that
                  the provider has it (checked at each fence)
   nothing lost   accepted stands only on a message that the provider took; what an event told of a delivery stays;
                  nothing takes back a release; the text that goes is of the day that the log has
   nothing stuck  when nobody can do anything any more, each message is settled, in doubt, or planned and free to claim
*/

#ifndef MESSAGES
#define MESSAGES 2
#endif
#ifndef REQUESTS
#define REQUESTS 3
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef RELEASES
#define RELEASES 1
#endif
#define NOBODY REQUESTS
#define has(set, m) (((set) >> (m)) & 1)
#define each_message (m : 0 .. MESSAGES - 1)

mtype = { planned, sending, accepted, rejected, in_doubt, cancelled }   /* of a message */
mtype = { unused, claimed, on_wire, ended }                             /* of a request */
mtype = { none, took, refused, put_off, lost }                          /* an answer */

/* The database. */
mtype status[MESSAGES];
byte request_of[MESSAGES];
bit day[MESSAGES];          /* a run of the next day takes up what is left, and words it anew */
mtype state[REQUESTS];
byte members[REQUESTS];     /* a set of messages */
bit is_over[REQUESTS];      /* its lease */
byte claims;                /* the requests made so far */

/* The world. */
bit is_flying[REQUESTS];    /* sent, and not with the provider yet */
mtype answer[REQUESTS];
bit was_taken[REQUESTS];    /* the provider accepted it */
byte told[REQUESTS];        /* the set of messages whose event came */
byte crashes = CRASHES;
byte releases = RELEASES;
byte withdrawals = 1;
bit is_open_day;

/* What the properties have to know. */
bit may_be_out[MESSAGES];   /* a request carried it, and neither the provider nor a person cleared that */
bit is_known[MESSAGES];     /* the database was told that the provider has it */
bit is_released[MESSAGES];  /* by a person, and not on the wire since */
bit is_delivered[MESSAGES]; /* an event said so */
byte first_try[MESSAGES];   /* requests before it were tries before the release */

hidden byte m, set;         /* of one step */

#define is_covered(r, m) (state[r] == claimed && !is_over[r] && has(members[r], m))

#if REQUESTS == 1
#define is_kept(m) is_covered(0, m)
#define has_it(m) (was_taken[0] && has(members[0], m))
#elif REQUESTS == 2
#define is_kept(m) (is_covered(0, m) || is_covered(1, m))
#define has_it(m) ((was_taken[0] && has(members[0], m)) || (was_taken[1] && has(members[1], m)))
#else
#define is_kept(m) (is_covered(0, m) || is_covered(1, m) || is_covered(2, m))
#define has_it(m) ((was_taken[0] && has(members[0], m)) || (was_taken[1] && has(members[1], m)) || \
                   (was_taken[2] && has(members[2], m)))
#endif
#define is_any_planned (status[0] == planned || status[MESSAGES - 1] == planned)

inline become(m, after) {
    assert(after != accepted || has_it(m));
    assert(after != in_doubt || !is_released[m]);
    status[m] = after
}

/* Commit which messages go together; those of other workers' living claims stay out.
   [tasks.sending.claiming.claims.claim_window, tasks.sending.claiming.claims.claim_piece, tasks.sending.claiming.claims.ranges_of_claims] */
inline claim(r, today) {
    atomic {
        r = NOBODY;
        set = 0;
        for each_message {
            if
            :: status[m] == planned && day[m] == today && !is_kept(m) -> set = set | (1 << m)
            :: set || m < MESSAGES - 1 -> skip   /* it goes with a later request */
            :: else
            fi
        }
        if
        :: set && claims < REQUESTS ->
            r = claims;
            claims++;
            state[r] = claimed;
            members[r] = set
        :: else
        fi
    }
}

/* Commit that the request goes on the wire now: all of its messages become sending, or none and nothing is sent.
   [tasks.sending.claiming.claims.fence, tasks.sending.claiming.claims.release] */
inline fence(r, today, is_ours) {
    atomic {
        is_ours = true;
#ifndef FAULT_FENCE_BLIND
        for each_message {
            is_ours = is_ours && (!has(members[r], m) || status[m] == planned);
#ifndef FAULT_FENCE_WITHOUT_DAY
            is_ours = is_ours && (!has(members[r], m) || day[m] == today)
#endif
        }
        is_ours = is_ours && state[r] == claimed && !is_over[r];
#endif
        if
        :: is_ours ->
            state[r] = on_wire;
            for each_message {
                if
                :: has(members[r], m) ->
                    assert(!may_be_out[m]);
                    assert(!is_known[m]);
                    assert(day[m] == today);
                    may_be_out[m] = true;
                    is_released[m] = false;
#ifndef FAULT_NO_MARK
                    become(m, sending);
#endif
                    request_of[m] = r
                :: else
                fi
            }
        :: !is_ours && state[r] == claimed -> state[r] = ended
        :: else
        fi
    }
}

/* Record an answer on the messages that still belong to its request; a late one counts too.
   [tasks.sending.settling.settle, programme.sending.state_changes.CHANGES] */
inline settle(r, how) {
    atomic {
        state[r] = ended;
        for each_message {
            if
#ifdef FAULT_SETTLE_WITHOUT_REQUEST
            :: has(members[r], m) ->
#else
            :: has(members[r], m) && request_of[m] == r ->
#endif
                if
                :: how == took ->
                    is_known[m] = true;
                    if
#ifdef FAULT_LATE_ANSWER_IGNORED
                    :: status[m] == sending -> become(m, accepted)
#else
                    :: status[m] != rejected -> become(m, accepted)
#endif
                    :: else
                    fi
                :: how == refused || how == put_off ->
                    may_be_out[m] = (request_of[m] == r && !was_taken[r] -> 0 : may_be_out[m]);
                    if
#ifdef FAULT_LATE_ANSWER_OVERWRITES
                    :: true -> become(m, planned)
#else
                    :: status[m] == planned || status[m] == sending || status[m] == in_doubt ->
                        status[m] = (how == refused -> rejected : planned)
#endif
                    :: else
                    fi
                :: how == lost ->
                    if
#ifdef FAULT_LATE_DOUBT_TAKES_BACK
                    :: status[m] == planned -> become(m, in_doubt)
#endif
                    :: status[m] == sending -> become(m, in_doubt)
                    :: else
                    fi
                fi
            :: else
            fi
        }
    }
}

/* A worker that is dead or stalled: its claim is released, and what may have been on the wire is in doubt.
   [tasks.sending.settling.end_lost_requests] */
inline reap(r) {
    atomic { state[r] == on_wire ->
        state[r] = ended;
        for each_message {
            if
            :: request_of[m] == r && status[m] == sending ->
#ifdef FAULT_REAP_TO_PLANNED
                become(m, planned)
#else
                become(m, in_doubt)
#endif
            :: else
            fi
        } }
}

/* An event of the provider about one message: delivered, or dropped after all. Of a try before a release, a drop says
   nothing any more. [tasks.inbound.events.apply_chunk, programme.inbound.events.status_after] */
inline hear(r) {
    atomic { was_taken[r] && told[r] != members[r] ->
        m = 0;
        do
        :: has(members[r] & ~told[r], m) -> break
        :: else -> m++
        od;
        told[r] = told[r] | (1 << m);
        if
        :: is_known[m] = true;
           is_delivered[m] = true;
#ifdef FAULT_EVENT_LEAVES_DOUBT
           if :: status[m] != in_doubt -> become(m, accepted) :: else fi
#else
           become(m, accepted)
#endif
        :: if
           :: r >= first_try[m] && !is_delivered[m] && status[m] != cancelled -> become(m, rejected)
           :: else
           fi
        fi }
}

/* A person releases a message in doubt, or one that the provider dropped because of us.
   [tasks.sending.resending.resend_messages] */
inline release(its) {
    atomic { releases > 0 &&
#ifdef FAULT_RELEASE_OF_ANY
        status[its] != planned ->
#else
        (status[its] == in_doubt || (status[its] == rejected && !is_delivered[its])) ->
#endif
        releases--;
        may_be_out[its] = false;
        is_known[its] = (status[its] == rejected -> 0 : is_known[its]);
        is_released[its] = true;
        first_try[its] = claims;
        request_of[its] = (status[its] == in_doubt -> request_of[its] : NOBODY);
        status[its] = planned }
}

/* [tasks.sending.claiming.rechecking.cancel] */
inline withdraw(its) {
    atomic { withdrawals > 0 && status[its] == planned ->
        withdrawals--;
        status[its] = cancelled }
}

/* A process that dies keeps nothing; the next one begins anew. [tasks.base.checkpoints.passed] */
#define may_crash if :: atomic { crashes > 0 -> crashes-- }; goto rest :: true fi

/* [tasks.sending.delivery.deliver_queued] */
active [2] proctype worker() {
    byte r;
    bit today, is_ours;
    mtype how;
end:
again:
    atomic {
        is_open_day && claims < REQUESTS && is_any_planned;
                if :: today = 0 :: today = 1 fi
    }
    claim(r, today);
    if
    :: r == NOBODY -> goto rest
    :: else
    fi;
    may_crash;
    fence(r, today, is_ours);
    if
    :: !is_ours -> goto rest
    :: else
    fi;
    may_crash;
    is_flying[r] = true;       /* [tasks.sending.messenger.Messenger] */
    may_crash;
    if
    :: answer[r] != none -> how = answer[r]
    :: how = lost              /* the time-out */
    fi;
#ifdef FAULT_BLIND_RETRY
    how = (how == lost -> put_off : how);
#endif
    may_crash;
    settle(r, how);
rest:
    atomic { r = NOBODY; today = 0; is_ours = 0; how = none; goto again }
}

/* What becomes of a request when its worker is slow or dead, or when the network is. */
active [REQUESTS] proctype fate() {
    byte r = _pid - 2;
end:
    do
    :: atomic { is_flying[r] ->
        is_flying[r] = false;
        if
        :: was_taken[r] = true;
           answer[r] = took
        :: answer[r] = refused
        :: answer[r] = put_off
        :: true                                        /* it never arrived */
        fi }
    :: atomic { state[r] == claimed && !is_over[r] -> is_over[r] = true }
    :: atomic { state[r] == claimed && is_over[r] -> state[r] = ended }
#ifndef FAULT_NOBODY_REAPS
    :: reap(r)
#endif
    :: hear(r)
    od
}

/* What people and other runs do with a message. */
active [MESSAGES] proctype outside() {
    byte its = _pid - 2 - REQUESTS;
end:
    do
    :: release(its)
    :: withdraw(its)
    :: atomic { status[its] == planned && day[its] == 0 -> day[its] = 1 }   /* [tasks.runs.taking_up.left_over.take_up_day] */
    od
}

active proctype judge() {
    atomic {
        for each_message { request_of[m] = NOBODY; status[m] = planned }
        for (m : 0 .. REQUESTS - 1) { state[m] = unused; answer[m] = none }
        is_open_day = true
    }
    timeout;
    atomic {
        for each_message {
            assert(status[m] != sending);
            assert(status[m] != planned || !is_kept(m));
            assert(!is_delivered[m] || status[m] == accepted)
        }
    }
}
