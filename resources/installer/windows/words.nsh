; What the installer for Windows says. Japanese first; which of the two is shown is the language of Windows.
!macro say name japanese english
  LangString ${name} ${LANG_JAPANESE} "${japanese}"
  LangString ${name} ${LANG_ENGLISH} "${english}"
!macroend

!insertmacro say NAME "マイナンバーカード連携窓口" "Library Card Kiosk"
!insertmacro say TRIAL " (試験版)" " (trial build)"
!insertmacro say PROMPT "窓口のコマンド(管理者用)" "Kiosk commands (administrators)"
!insertmacro say AUTOSTART "サインインしたときに窓口を始める" "Start the counter at sign-in"
!insertmacro say MACHINE "このパソコン全体で1つの窓口を用意する" "Set up one counter for this computer"
!insertmacro say NO_RIGHTS "入れるには、管理者の権限が必要です。管理者としてサインインするか、「管理者として実行」で始めてください。何も変更していません。" \
  "Administrator rights are needed. Sign in as an administrator, or use 'Run as administrator'. Nothing was changed."
!insertmacro say OLD_WINDOWS "この Windows には入れられません。Windows 10 のバージョン 1809 以降(64ビット)が必要です。Windows を更新してから、もう一度始めてください。何も変更していません。" \
  "Windows 10 version 1809 or later (64-bit) is needed. Update Windows, then start again. Nothing was changed."
!insertmacro say NEWER_THERE "より新しい版が入っています。古い版には戻せません。戻す必要があるときは、先にいまの版を削除してください(データは残ります)。何も変更していません。" \
  "A newer version is installed. To go back to an older one, remove it first (data are kept). Nothing was changed."
!insertmacro say RUNNING "窓口が動いているため、入れ替えられません。窓口を閉じてから、もう一度始めてください。いまの版は、そのまま使えます。" \
  "The counter is running. Close it, then start again. The installed version still works."
!insertmacro say NOT_WRITTEN "ファイルを書けませんでした。ディスクの空き(300 MB以上)を確認して、もう一度始めてください。前の版があれば、そのまま使えます。" \
  "Files could not be written. Check for 300 MB of free disk space, then start again. A version installed before still works."
!insertmacro say NOT_SET_UP "プログラムは入りましたが、このパソコンの窓口を用意できませんでした。管理者のコマンドプロンプトで「kiosk setup --machine」を実行すると、理由が出ます。" \
  "The program is installed, but the counter of this computer could not be set up. 'kiosk setup --machine' in an administrator's prompt tells why."
!insertmacro say DATA_KEPT "プログラムを削除しました。窓口のデータ(連携登録)と設定は、残してあります。" \
  "The program was removed. The counter's data (links) and settings are kept."
