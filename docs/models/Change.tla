------------------------------- MODULE Change -------------------------------
(* One key of one partition that gets another replication factor, or other
   quorums, or both, while its replicas move: Move.tla with a read and a write
   quorum of each set. One write, w, is followed; what Move.tla says of time,
   loss, delay, crashes, partitions and stale coordinators holds here too.

   Rules is the set of rules in force; removing one is a mutation.           *)
EXTENDS Naturals, Sequences, FiniteSets, TLC
CONSTANTS A, B, C, D, E, \* stores
          Old, R0, W0,   \* the partition starts here, with these quorums
          New, R1, W1,   \* and is to get there
          MaxEpoch, MaxLost, Script, Rules

VARIABLES ring, ep, snc, has, lost,
          cov,           \* cov[j]: old members that j has exchanged with, and for which move
          op, obl, rd
vars == <<ring, ep, snc, has, lost, cov, op, obl, rd>>

Stores == Old \cup New
On(r)  == r \in Rules
cur    == Len(ring)
Max(a, b)  == IF a > b THEN a ELSE b
Min(a, b)  == IF a < b THEN a ELSE b
Count(S)   == Cardinality(S)

Plain(S, r, w) == [ph |-> "PLAIN", old |-> S, new |-> S, ro |-> r, wo |-> w, rn |-> r, wn |-> w, mv |-> 0]
Joiner(c)  == c.new \ c.old
Members(c) == c.old \cup c.new
ReadSet(c) == IF c.ph = "READ_NEW" THEN c.new ELSE c.old
ReadsOf(c) == IF c.ph = "READ_NEW" THEN c.rn ELSE c.ro
HoldOld(c) == Count(c.old) - c.ro + 1
HoldNew(c) == Count(c.new) - c.rn + 1
Live(n)    == n \notin lost

Init == /\ ring = <<Plain(Old, R0, W0)>>
        /\ ep = [n \in Stores |-> 1] /\ snc = ep
        /\ has = [n \in Stores |-> FALSE]
        /\ lost = {} /\ cov = [n \in Stores |-> [mv |-> 0, s |-> {}]]
        /\ op = [e |-> 0, s |-> {}, f |-> {}]
        /\ obl = FALSE /\ rd = [e |-> 0, s |-> {}]

-----------------------------------------------------------------------------
EpAt(n, e)  == [ep EXCEPT ![n] = Max(@, e)]
SncAt(n, e) == IF e > ep[n] THEN [snc EXCEPT ![n] = e] ELSE snc
HasAt(n, e) == IF e > ep[n] /\ n \in Joiner(ring[e]) /\ ring[e].mv # ring[ep[n]].mv
               THEN [has EXCEPT ![n] = FALSE] ELSE has
Learn(n, e) == ep' = EpAt(n, e) /\ snc' = SncAt(n, e)

Adopt(n) == \E e \in ep[n]+1 .. cur :
  /\ Live(n) /\ Learn(n, e) /\ has' = HasAt(n, e)
  /\ UNCHANGED <<ring, lost, cov, op, obl, rd>>

Accepts(n, e) == Live(n) /\ (e > ep[n] \/ (On("refuse") => snc[n] <= e))

-----------------------------------------------------------------------------
Pick(e) == e \in 1 .. cur /\ op.e \in {0, e}

Take(n) == \E e \in 1 .. cur :
  /\ ~obl /\ Pick(e) /\ n \in Members(ring[e]) \ op.s /\ Accepts(n, e)
  /\ Learn(n, e)
  /\ has' = [HasAt(n, e) EXCEPT ![n] = TRUE] /\ op' = [op EXCEPT !.e = e, !.s = @ \cup {n}]
  /\ UNCHANGED <<ring, lost, cov, obl, rd>>

Absent(n) == LET e == op.e IN
  /\ ~obl /\ e # 0 /\ ReadsOf(ring[e]) > Count(ReadSet(ring[e])) - ReadsOf(ring[e]) + 1
  /\ n \in ReadSet(ring[e]) \ op.f /\ Accepts(n, e) /\ ~HasAt(n, e)[n]
  /\ Learn(n, e) /\ has' = HasAt(n, e) /\ op' = [op EXCEPT !.f = @ \cup {n}]
  /\ UNCHANGED <<ring, lost, cov, obl, rd>>

WriteQuorum(c, S) == /\ Count(S \cap c.old) >= c.wo
                     /\ On("writeBoth") => Count(S \cap c.new) >= c.wn
ReadQuorum(c, S, F) ==
  LET s == ReadSet(c) IN
  /\ Count((S \cup F) \cap s) >= ReadsOf(c)
  /\ Count(S \cap s) >= Count(s) - ReadsOf(c) + 1
  /\ On("holdBoth") => Count(S \cap c.old) >= HoldOld(c) /\ Count(S \cap c.new) >= HoldNew(c)

Oblige ==
  /\ ~obl /\ op.e # 0
  /\ WriteQuorum(ring[op.e], op.s) \/ ReadQuorum(ring[op.e], op.s, op.f)
  /\ obl' = TRUE /\ op' = [e |-> 0, s |-> {}, f |-> {}]
  /\ UNCHANGED <<ring, ep, snc, has, lost, cov, rd>>

LaterRead(n) == \E e \in 1 .. cur :
  /\ obl /\ rd.e \in {0, e} /\ n \in ReadSet(ring[e]) \ rd.s /\ Accepts(n, e) /\ ~HasAt(n, e)[n]
  /\ rd' = [e |-> e, s |-> rd.s \cup {n}]
  /\ Learn(n, e) /\ has' = HasAt(n, e)
  /\ UNCHANGED <<ring, lost, cov, op, obl>>

-----------------------------------------------------------------------------
Acked(S, e) == Count({n \in S : ep[n] >= e \/ n \in lost})
Barrier(e) == LET c == ring[e] IN
  /\ Acked(c.old, e) >= Max(Count(c.old) - c.ro, Count(c.old) - c.wo) + 1
  /\ On("barrierBoth") => Acked(c.new, e) >= Max(Count(c.new) - c.rn, Count(c.new) - c.wn) + 1

(* Those that stay hold enough of what was acknowledged, or answered, before. *)
Enough(c)  == Min(c.wo, HoldOld(c)) >= Count(c.old) - c.rn + 1
Provers(c) == IF On("proveAll") /\ ~Enough(c) THEN c.new ELSE Joiner(c)
Proven(c) == \A j \in Provers(c) : LET s == cov[j].s \cup {j} IN
  /\ cov[j].mv = c.mv
  /\ Count(s \cap c.old) >= Max(Count(c.old) - c.wo + 1, c.ro) \/ (c.old \ lost) \subseteq s

Publish(c) == /\ cur < MaxEpoch /\ ring' = Append(ring, c)
              /\ Script # <<>> => cur <= Len(Script) /\ Script[cur] = c.ph
              /\ UNCHANGED <<ep, snc, has, lost, cov, op, obl, rd>>
Going(p) == [ring[cur] EXCEPT !.ph = p]
c0       == ring[cur]

StartMove == /\ c0.ph = "PLAIN" /\ c0.old = Old /\ c0.ro = R0 /\ c0.wo = W0
             /\ Publish([ph |-> "COPY", old |-> Old, new |-> New, ro |-> R0, wo |-> W0, rn |-> R1, wn |-> W1, mv |-> cur + 1])
ToReadNew == c0.ph = "COPY" /\ (On("copyProof") => Proven(c0)) /\ Publish(Going("READ_NEW"))
ToDone    == c0.ph = "READ_NEW" /\ (On("doneBarrier") => Barrier(cur)) /\ Publish(Plain(New, R1, W1))
CancelCopy    == c0.ph = "COPY" /\ Publish(Plain(Old, R0, W0))
CancelReadNew == c0.ph = "READ_NEW" /\ Publish(Going("BACK"))
EndBack       == c0.ph = "BACK" /\ (On("backBarrier") => Barrier(cur)) /\ Publish(Plain(Old, R0, W0))
Operator == StartMove \/ ToReadNew \/ ToDone \/ CancelCopy \/ CancelReadNew \/ EndBack

-----------------------------------------------------------------------------
Exchange(j, n) == LET e == ep[j]  c == ring[e] IN
  /\ c.ph = "COPY" /\ j \in c.new /\ n \in c.old \ {j} /\ Live(j) /\ Live(n)
  /\ ~(cov[j].mv = c.mv /\ n \in cov[j].s /\ (has[j] \/ ~has[n]))
  /\ Accepts(n, e) /\ Learn(n, e)
  /\ has' = [has EXCEPT ![j] = @ \/ has[n]]
  /\ cov' = [cov EXCEPT ![j] = IF @.mv = c.mv THEN [@ EXCEPT !.s = @ \cup {n}] ELSE [mv |-> c.mv, s |-> {n}]]
  /\ UNCHANGED <<ring, lost, op, obl, rd>>

Drop(n) ==
  /\ has[n] /\ Live(n) /\ n \notin Members(ring[ep[n]])
  /\ has' = [has EXCEPT ![n] = FALSE]
  /\ UNCHANGED <<ring, ep, snc, lost, cov, op, obl, rd>>

Lose(n) ==
  /\ n \notin lost /\ Count(lost) < MaxLost
  /\ lost' = lost \cup {n} /\ has' = [has EXCEPT ![n] = FALSE]
  /\ UNCHANGED <<ring, ep, snc, cov, op, obl, rd>>

Next == \/ Operator \/ Oblige
        \/ \E n \in Stores : Adopt(n) \/ Take(n) \/ Absent(n) \/ LaterRead(n) \/ Drop(n) \/ Lose(n)
                             \/ \E m \in Stores : Exchange(n, m)
Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
NoStaleRead == rd.e # 0 => Count(rd.s) < ReadsOf(ring[rd.e])
NoLoss == obl => Count({n \in ReadSet(ring[cur]) : n \notin lost /\ ~has[n]}) < ReadsOf(ring[cur])
Vacuous == ~(cur = MaxEpoch /\ obl /\ rd.s # {} /\ rd.e # cur)

AnyPath        == <<>>
OneMove        == <<"COPY", "READ_NEW", "PLAIN">>
CancelThenMove == <<"COPY", "PLAIN">> \o OneMove
BackThenMove   == <<"COPY", "READ_NEW", "BACK", "PLAIN">> \o OneMove
=============================================================================
