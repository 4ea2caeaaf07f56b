#!/bin/sh
# The stand-in printer's works: ippeveprinter runs it for each job, with the
# document's path; what it says on stderr becomes the printer's state. "mode"
# beside it says how this job goes; one that waits goes on when "mode" changes.
here=${0%/*}
job=$IPP_JOB_ID
copies=${IPP_COPIES:-1}

# A job of the stand-in itself: it only sets the printer's state.
case "$IPP_JOB_NAME" in
state:*) echo "STATE: ${IPP_JOB_NAME#state:}" >&2; rm -f "$1"; exit 0 ;;
esac

mode() { read -r m <"$here/mode"; echo "$m"; }
alive() { kill -0 "$PPID" 2>/dev/null; }
sheet() { cp "$1" "$here/.part" && mv "$here/.part" "$here/paper/$(printf '%06d-%02d' "$job" "$2").pdf"; }
leave() { rm -f "$1" "$here/.part"; exit "$2"; }

echo "$job ${IPP_JOB_NAME:--} ${IPP_JOB_ORIGINATING_USER_NAME:--} $copies ${IPP_MEDIA:--} ${IPP_SIDES:--} ${CONTENT_TYPE:--}" >>"$here/jobs"
began=$(mode)
case "$began" in
empty) reason=media-empty ;;
jam) reason=media-jam ;;
cover) reason=cover-open ;;
toner) reason=toner-empty ;;
*) reason= ;;
esac
[ -n "$reason" ] && echo "STATE: +$reason-error" >&2
[ "$began" = low ] && echo "STATE: +toner-low-warning" >&2
n=1
if [ "$began" = half ] || [ "$began" = abort ]; then # the first sheet, then nothing more
  sheet "$1" 1; n=2
  echo "ATTR: job-impressions-completed=1" >&2
fi
if [ "$began" = slow ] || [ "$began" = half ] || [ -n "$reason" ]; then
  while [ "$(mode)" = "$began" ] && alive; do sleep 0.05; done
fi
[ -n "$reason" ] && echo "STATE: -$reason" >&2
now=$(mode)
if [ "$began" = abort ] || [ "$began" = refuse ]; then leave "$1" 1; fi
if [ "$now" = drop ] || ! alive; then leave "$1" 1; fi
while [ "$n" -le "$copies" ]; do
  sheet "$1" "$n"
  echo "ATTR: job-impressions-completed=$n" >&2
  n=$((n + 1))
done
leave "$1" 0
