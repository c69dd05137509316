; What the installer for Windows says. Japanese first; which of the two is shown is the language of Windows.
!macro say name japanese english
  !define JAPANESE_${name} "${japanese}"
  !define ENGLISH_${name} "${english}"
  LangString ${name} ${LANG_JAPANESE} "${japanese}"
  LangString ${name} ${LANG_ENGLISH} "${english}"
!macroend

!insertmacro say NAME "マイナンバーカード連携窓口" "Library Card Kiosk"
!insertmacro say TRIAL " (試験版)" " (trial build)"
!insertmacro say PROMPT "窓口のコマンド(管理者用)" "Kiosk commands (administrators)"
!insertmacro say WELCOME "このパソコンに、窓口のプログラムを入れます。前の版があれば、新しくします。データと設定は、そのまま残ります。$\r$\n$\r$\n窓口が動いているときは、先に閉じてください。パソコンの再起動は要りません。$\r$\n$\r$\n続けるときは「次へ」を選んでください。" \
  "This puts the counter's program on this computer, or renews it. Data and settings stay as they are.$\r$\n$\r$\nIf the counter is running, close it first. No restart is needed.$\r$\n$\r$\nChoose Next to go on."
!insertmacro say AUTOSTART "サインインしたときに窓口を始める" "Start the counter at sign-in"
!insertmacro say MACHINE "このパソコン全体で1つの窓口を用意する" "Set up one counter for this computer"
!insertmacro say NO_RIGHTS "入れるには、管理者の権限が必要です。管理者としてサインインするか、「管理者として実行」で始めてください。何も変更していません。" \
  "Administrator rights are needed. Sign in as an administrator, or use 'Run as administrator'. Nothing was changed."
!insertmacro say OLD_WINDOWS "この Windows には入れられません。Windows 10 のバージョン 1809 以降(64ビット)が必要です。Windows を更新してから、もう一度始めてください。何も変更していません。" \
  "Windows 10 version 1809 or later (64-bit) is needed. Update Windows, then start again. Nothing was changed."
!insertmacro say NEWER_THERE "より新しい版が入っています。古い版には戻せません。戻す必要があるときは、先にいまの版を削除してください(データは残ります)。何も変更していません。" \
  "A newer version is installed. To go back to an older one, remove it first (data are kept). Nothing was changed."
!insertmacro say MSI_THERE "MSI で入れた窓口のプログラムがあります。新しい版も MSI で入れてください。この setup.exe で入れるときは、先に「設定」の「アプリ」から削除します(データは残ります)。何も変更していません。" \
  "The kiosk was installed from its MSI. Install new versions from an MSI too, or remove it in Apps first (data are kept). Nothing was changed."
; Said by the MSI.
!insertmacro say SETUP_THERE "setup.exe で入れた窓口のプログラムがあります。先に「設定」の「アプリ」から削除して(データは残ります)、もう一度始めてください。何も変更していません。" \
  "The kiosk was installed from setup.exe. Remove it in Apps first (data are kept), then start again. Nothing was changed."
; Said by counter.exe.
!insertmacro say LAUNCHER_LOST "窓口のプログラムが見つからないか、始められません。管理者に、インストーラーをもう一度実行するように伝えてください。" \
  "The counter's program is not there, or cannot be started. Have an administrator run the installer again."
!insertmacro say RUNNING "窓口が動いているため、入れ替えられません。窓口を閉じてから、もう一度始めてください。いまの版は、そのまま使えます。" \
  "The counter is running. Close it, then start again. The installed version still works."
!insertmacro say NOT_WRITTEN "ファイルを書けませんでした。ディスクの空き(300 MB以上)と、その場所に書けることを確認して、もう一度始めてください。前の版があれば、そのまま使えます。" \
  "Files could not be written. Check for 300 MB of free disk space in a place that can be written to, then start again. A version installed before still works."
!insertmacro say PLACE_UNUSABLE "このフォルダーには入れられません。入れられるのは、「$PROGRAMFILES64」の中の、まだないか、空か、この窓口のプログラムだけがあるフォルダーです。何も変更していません。" \
  "The program cannot be put there, only into a folder inside '$PROGRAMFILES64' that is new, empty, or holds nothing but this program. Nothing was changed."
!insertmacro say UNKNOWN_SWITCH "次の指定はわかりません。つづり、「/」、大文字(/S)を確かめて、もう一度実行してください。「/D=フォルダー」は、いちばん後に、引用符なしで書きます。何も変更していません。" \
  "The switches below are not known. Check spelling, '/' and capital letters (/S), then start again. '/D=folder' comes last, without quotes. Nothing was changed."
!insertmacro say TAKE_FILES "このインストーラーの横に、次のファイルがあります。図書館の管理者が置いたものなら「はい」を選ぶと、パソコン全体の窓口を用意し、この設定にし、登録します。心あたりがなければ「いいえ」を選んでください。プログラムだけを入れます。" \
  "The files below lie beside this installer. If your administrator put them there, choose Yes: the counter of this computer is set up and enrolled with them. If you do not know them, choose No: only the program is installed."
!insertmacro say FILES_LEFT "横にあったファイルは使っていません(使うときは /FILES を付けます)。" "Files beside the installer were not used (/FILES takes them)."
!insertmacro say NO_ENROLMENT "/FILES が付いていますが、このパソコンの登録ファイルがありません。サーバーには登録しません。探した場所:" \
  "/FILES was given, but there is no enrolment file for this computer, which is not enrolled with it. Looked for:"
!insertmacro say NO_FILES "プログラムは入りましたが、/FILES で使うファイルがどれもないため、窓口の用意はしていません。ファイルの名前(このパソコンの名前)と置き場所を確かめて、もう一度実行してください。探したファイル:" \
  "The program is installed, but the counter was not set up: none of the files for /FILES is there. Check their names (this computer's) and place, then run this installer again. Looked for:"
!insertmacro say NOT_SET_UP "プログラムは入りましたが、このパソコンの窓口の用意が終わっていません。原因を直してから、このインストーラーをもう一度実行するか、管理者のコマンドプロンプトで「kiosk setup --machine」を実行してください。記録: $log" \
  "The program is installed, but the counter of this computer is not ready. Mend the cause below, then run this installer again, or 'kiosk setup --machine' in an administrator's prompt. Log: $log"
!insertmacro say KEEP_DATA "窓口のデータ(連携登録、設定、鍵)を残しますか。$\r$\n$\r$\n「はい」なら、プログラムだけを削除します。もう一度入れると、続きから使えます。$\r$\n「いいえ」なら、このパソコン全体の窓口(なければ、いまのアカウントの窓口)のデータをすべて消します。元に戻せません。" \
  "Keep the counter's data (links, settings, keys)?$\r$\n$\r$\nYes: only the program is removed; install it again to go on.$\r$\nNo: all data of this computer's counter (without one, of your account's) are erased. This cannot be undone."
!insertmacro say LOSE "このまま消すと、次のものが失われます。消しますか。$\r$\n「いいえ」なら、何も消さず、プログラムも残します。" \
  "If you go on, the following is lost. Erase it? No: nothing is erased, and the program stays."
!insertmacro say NOT_ERASED "窓口のデータを消せないため、プログラムも削除していません。原因を直してから、もう一度削除してください。データを残して削除するときは、はじめの質問で「はい」を選びます。記録: $log" \
  "The counter's data could not be erased, so the program was not removed either. Mend the cause below, then remove it again, or keep the data. Log: $log"
!insertmacro say POLICIES_STAY "「kiosk setup --machine --policies」で変えたパソコンの設定を元に戻せないため、プログラムを削除していません。原因を直してから、もう一度削除してください。記録: $log" \
  "What 'kiosk setup --machine --policies' has set cannot be put back, so the program was not removed. Mend the cause below, then remove it again. Log: $log"
!insertmacro say DATA_KEPT "プログラムを削除しました。窓口のデータ(連携登録)と設定は、残してあります。" \
  "The program was removed. The counter's data (links) and settings are kept."
!insertmacro say DATA_ERASED "プログラムを削除しました。窓口のデータについては、次のとおりです。" \
  "The program was removed. Of the counter's data:"
!insertmacro say OTHERS_KEPT "次のアカウントの窓口のデータは、消していません。消すには、このプログラムをもう一度入れ、そのアカウントで「kiosk erase」を実行します。" \
  "The counters of these accounts were not erased. To erase one, install this program again and run 'kiosk erase' in that account."
