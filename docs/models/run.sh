#!/bin/bash
# Runs the table below with TLC and compares each result with what is expected.
#   ./run.sh path/to/tla2tools.jar [name pattern]      (default: all but the long runs; LONG=1 for all)
# Line: name | numbers | script | rules taken away | expected: ok, or the property that must break; numbers by script:
#   Move: R W epochs lost down · C: (Change) R W epochs lost, script = path:old set:new set:new R:new W · K: (Ownership) R W entries writes, script = leaders, +reads · M: (OwnMove) part · S: (Semisync) Q epochs entries
jar=$(realpath "${1:?path of tla2tools.jar}"); want=${2:-.}; cd "$(dirname "$0")" || exit 2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; bad=0
move="refuse since persist storeId writeBoth holdBoth holdAlways freshAcks ackFence copyBarrier copyEpoch copyProof copyFresh copyReads readNewStep doneBarrier backStep backBarrier barrierBoth dropFence dropBarrier lostSame lostAcks lostGone cas"
tomb="joinEmpty gcMoving gcHints leaverDropsHints"
change="refuse writeBoth holdBoth copyProof proveAll doneBarrier backBarrier barrierBoth"
own="fenceQuorum fencedAnswer refuse refuseRepair refuseReads ackCheck durable question unknown genMessage oneGen notYet reset adoptGen firstAdopt demoteAdopted floor readIndex"
ownmove="fenceBoth fenceEpoch copyApplied frozenCopy"
semi="fence fenceFirst truncate ownEpoch lastEpoch reach"
one() { # name numbers script minus expected
  local name=$1 script=$3 minus=" $4 " expected=$5 module=Move all=$move rules="" r start=$SECONDS found
  read -r R W epochs lost down <<<"$2"
  case $script in
    T:*) module=Tombstone all=$tomb ;; C:*) module=Change all=$change ;; M:*) module=OwnMove all=$ownmove ;;
    K:*) module=Ownership all=$own ;;  S:*) module=Semisync all=$semi ;;
  esac
  for r in $all; do [[ $minus == *" $r "* ]] || rules+=", \"$r\""; done
  { printf 'CONSTANTS A = A\n B = B\n C = C\n Rules = {%s}\n' "${rules#, }"
    if [[ $script == C:* ]]; then
      IFS=: read -r _ path old new r1 w1 <<<"$script"
      printf ' D = D\n E = E\n Script <- %s\n Old = {%s}\n New = {%s}\n R0 = %s\n W0 = %s\n R1 = %s\n W1 = %s\n MaxEpoch = %s\n MaxLost = %s\n' \
        "$path" "$(sed 's/./&, /g; s/, $//' <<<"$old")" "$(sed 's/./&, /g; s/, $//' <<<"$new")" "$R" "$W" "$r1" "$w1" "$epochs" "$lost"
    fi
    [[ $script != [KSC]:* ]] && printf ' D = D\n Script <- %s\n' "${script#*:}"
    [[ $module == Move ]] && printf ' R = %s\n W = %s\n MaxEpoch = %s\n MaxLost = %s\n Down = {%s}\n' "$R" "$W" "$epochs" "$lost" "$down"
    case $script in
      C:*)    printf 'SPECIFICATION Spec\nINVARIANTS %s\n' "$([[ $expected == Vacuous ]] && echo Vacuous || echo NoStaleRead NoLoss)" ;;
      T:*)    printf 'SPECIFICATION Spec\nINVARIANT NotResurrected\n' ;;
      K:*)    printf ' W1 = W1\n W2 = W2\n L1 = L1\n L2 = L2\n R = %s\n W = %s\n MaxLog = %s\n Writes = {%s}\n' "$R" "$W" "$epochs" "$([[ $lost == 2 ]] && echo W1, W2 || echo W1)"
              printf ' Leaders = {%s}\n Reads = %s\nSPECIFICATION Spec\nSYMMETRY Sym\nINVARIANTS %s\n' "$([[ $script == *2* ]] && echo L1, L2 || echo L1)" "$([[ $script == *reads* ]] && echo TRUE || echo FALSE)" \
                "$([[ $expected == Vacuous ]] && echo Vacuous || echo NoLoss NoLate NoStaleRead StrongRead CasSound NoGhost NoRevival Once)" ;;
      M:*)    printf ' Part = "%s"\nSPECIFICATION Spec\nSYMMETRY Sym\nINVARIANTS %s\n' "$R" "$([[ $expected == Vacuous ]] && echo Vacuous || echo NoLoss NoLate)" ;;
      S:*)    printf ' None = None\n Q = %s\n MaxEpoch = %s\n MaxLen = %s\nSPECIFICATION Spec\nSYMMETRY Sym\nINVARIANTS %s\n' "$R" "$W" "$epochs" "$([[ $expected == Vacuous ]] && echo Vacuous || echo NoLoss)" ;;
      Live:*) printf 'SPECIFICATION LiveSpec\nPROPERTY Ends\n' ;;
      *)      printf 'SPECIFICATION Spec\nSYMMETRY Sym\nINVARIANTS %s\n' "$([[ $expected == Vacuous ]] && echo Vacuous || { [[ $minus == *lostGone* ]] && echo NoStaleRead || echo NoStaleRead NoLoss; })" ;;
    esac; } > "$work/$name.cfg"
  timeout "${LIMIT:-590}" java -XX:+UseSerialGC -Xmx5g -cp "$jar" tlc2.TLC -workers 1 -deadlock -metadir "$work/$name" -config "$work/$name.cfg" "$module.tla" > "${LOGS:-$work}/$name.log" 2>&1
  found=$(grep -oE 'Invariant [A-Za-z]+ is violated|Temporal properties were violated|No error has been found' "${LOGS:-$work}/$name.log" | head -1)
  case $found in "No error"*) found=ok ;; Invariant*) found=$(cut -d' ' -f2 <<<"$found") ;; Temporal*) found=Ends ;; *) found="unfinished" ;; esac
  [[ $found == "$expected" ]] && r=as-expected || { r=UNEXPECTED; bad=1; }
  printf '%-16s %-10s %-15s -{%s} %s (%s) %ss, %s states\n' "$name" "$2" "$script" "$4" "$found" "$r" $((SECONDS-start)) "$(grep -oE '[0-9,]+ distinct' "${LOGS:-$work}/$name.log" | tail -1 | cut -d' ' -f1)"
  rm -rf "${work:?}/$name"
}
while IFS='|' read -r name numbers script minus expected; do
  read -r name <<<"$name"; read -r numbers <<<"$numbers"; read -r script <<<"$script"; read -r minus <<<"$minus"; read -r expected <<<"$expected"
  [[ -z $name || $name == \#* || ! $name =~ $want ]] && continue
  [[ $name == long-* && -z $LONG ]] && continue
  one "$name" "$numbers" "$script" "$minus" "$expected" </dev/null
done < runs.txt
exit $bad
